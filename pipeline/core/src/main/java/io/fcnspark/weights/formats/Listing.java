package io.fcnspark.weights.formats;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in messages: not more of them than one reads. */
final class Listing {
    private static final int SHOWN = 8;

    private Listing() {}

    static String of(Collection<String> names) {
        String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
        if (names.isEmpty()) {
            return "nothing";
        }
        return names.size() > SHOWN ? "%s and %d more".formatted(shown, names.size() - SHOWN) : shown;
    }
}
