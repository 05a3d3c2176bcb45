package io.fcnspark.jobs;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * Hides what must not be shown: settings whose name or value Spark takes for a secret.
 *
 * @param isSecret tells of a name or a value
 */
record Redaction(Predicate<String> isSecret) {
    static final String REDACTED = "*********(redacted)";

    /** A scheme, then {@code USER:PASSWORD@}. */
    private static final Pattern CREDENTIALS = Pattern.compile("://[^/\\s]*:[^/\\s]*@");

    /** As Spark hides them, with its own setting for it. */
    static Redaction of(SparkConf settings) {
        return new Redaction(
                Pattern.compile(settings.get("spark.redaction.regex", "(?i)secret|password|token|access[.]?key"))
                        .asPredicate());
    }

    /** The value of a setting, or that it is hidden. */
    String value(String name, String value) {
        boolean secret = isSecret.test(name)
                || isSecret.test(value)
                || CREDENTIALS.matcher(value).find();
        return secret ? REDACTED : value;
    }

    /** Words such as options of Java, {@code -Dname=value}, of which some may be hidden. */
    String words(String text) {
        return Stream.of(text.split(" ", -1))
                .map(word -> {
                    int equals = word.indexOf('=');
                    return equals < 0
                            ? value("", word)
                            : word.substring(0, equals + 1)
                                    + value(word.substring(0, equals), word.substring(equals + 1));
                })
                .collect(Collectors.joining(" "));
    }
}
