package io.fcnspark.spark.listing;

import java.io.Serializable;
import java.util.Collections;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that a listing leaves out since their names do not end like those of images.
 *
 * @param byEnding how many, by ending in lower case with the dot; {@value #NONE} for names without one, {@value #OTHERS} for
 *     endings beyond the {@value #MOST_ENDINGS} most frequent ones
 */
public record LeftOut(Map<String, Long> byEnding) implements Serializable {
    static final String NONE = "(no ending)";
    static final String OTHERS = "(others)";
    static final int MOST_ENDINGS = 20;

    /** Letters and digits: what follows another dot, as in {@code 20.5 °C}, is no ending. */
    private static final Pattern ENDING = Pattern.compile("[^.].*(\\.[a-z0-9]{1,8})", Pattern.DOTALL);

    static final LeftOut NOTHING = new LeftOut(Map.of());

    public LeftOut {
        byEnding = new TreeMap<>(byEnding);
    }

    /** Counts files one by one. */
    static final class Counter {
        private final Map<String, Long> byEnding = new TreeMap<>();

        /** @param name of a file, or its URI */
        void add(String name) {
            String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
            Matcher ending = ENDING.matcher(file);
            byEnding.merge(ending.matches() ? ending.group(1) : NONE, 1L, Long::sum);
        }

        LeftOut count() {
            return new LeftOut(byEnding);
        }
    }

    LeftOut plus(LeftOut other) {
        Map<String, Long> sum = new TreeMap<>(byEnding);
        other.byEnding.forEach((ending, files) -> sum.merge(ending, files, Long::sum));
        return new LeftOut(sum);
    }

    /** The same, with few endings. */
    LeftOut shortened() {
        if (byEnding.size() <= MOST_ENDINGS) {
            return this;
        }
        Map<String, Long> few = new TreeMap<>();
        byEnding.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(e -> few.merge(few.size() < MOST_ENDINGS ? e.getKey() : OTHERS, e.getValue(), Long::sum));
        return new LeftOut(few);
    }

    @Override
    public Map<String, Long> byEnding() {
        return Collections.unmodifiableMap(byEnding);
    }

    /** How many. */
    public long files() {
        return byEnding.values().stream().mapToLong(Long::longValue).sum();
    }
}
