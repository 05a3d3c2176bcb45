package io.fcnspark.labels;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where the truth of some images lies.
 *
 * @param image regular expression of {@link Pattern} that the whole path of the image below the input root must match, with
 *     {@code /} between folders
 * @param truth paths below the truth root, most likely first; {@code $1} stands for what the first group matched, as in
 *     {@link Matcher#appendReplacement}
 */
public record TruthPath(String image, List<String> truth) {
    public TruthPath {
        truth = List.copyOf(truth);
        Matcher matcher = compile(image).matcher("");
        for (String path : truth) {
            for (int group = matcher.groupCount() + 1; group <= 9; group++) {
                if (path.contains("$" + group)) {
                    throw new IllegalArgumentException(
                            "truth path '%s' refers to group %d, but image path '%s' has %d groups"
                                    .formatted(path, group, image, matcher.groupCount()));
                }
            }
        }
    }

    /** The candidates for one image, or nothing if this rule is not about it. */
    Optional<List<String>> candidates(String imagePath) {
        Matcher matcher = compile(image).matcher(imagePath);
        return matcher.matches()
                ? Optional.of(truth.stream().map(path -> expand(matcher, path)).toList())
                : Optional.empty();
    }

    private static String expand(Matcher matched, String path) {
        StringBuilder expanded = new StringBuilder();
        matched.reset().matches();
        matched.appendReplacement(expanded, path);
        return expanded.toString();
    }

    private static Pattern compile(String regex) {
        try {
            return Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "image path '%s' is no regular expression: %s".formatted(regex, e.getMessage()), e);
        }
    }
}
