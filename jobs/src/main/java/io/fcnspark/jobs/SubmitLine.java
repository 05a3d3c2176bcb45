package io.fcnspark.jobs;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * A command line of spark-submit, for a POSIX shell. What Spark takes for a secret is not in it.
 *
 * @param words without quotes
 */
record SubmitLine(List<String> words) {
    /** Settings that have an option of their own, and those that spark-submit finds out. */
    private static final Set<String> LEFT_OUT = Set.of(
            "spark.master",
            "spark.submit.deployMode",
            "spark.jars",
            "spark.app.name",
            "spark.app.submitTime",
            "spark.submit.pyFiles",
            "spark.repl.local.jars");

    /** What no shell gives a meaning. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    SubmitLine {
        words = List.copyOf(words);
    }

    /**
     * The line that submits a verb with given settings.
     *
     * @param settings of this process, before a session was opened: those of spark-submit, or system properties
     * @param verb the verb and its options
     */
    static SubmitLine of(SparkConf settings, List<String> verb) {
        String jar = applicationJar();
        List<String> words = new ArrayList<>(List.of("spark-submit", "--class", Fcn.class.getName()));
        words.addAll(List.of("--master", settings.get("spark.master", "local[*]")));
        if (settings.get("spark.submit.deployMode", "client").equals("cluster")) {
            words.addAll(List.of("--deploy-mode", "cluster"));
        }
        String others = Stream.of(settings.get("spark.jars", "").split(","))
                .filter(other -> !other.isEmpty()
                        && !other.endsWith(Path.of(jar).getFileName().toString()))
                .collect(Collectors.joining(","));
        if (!others.isEmpty()) {
            words.addAll(List.of("--jars", others));
        }
        Redaction redaction = Redaction.of(settings);
        Stream.of(settings.getAll())
                .filter(setting -> !LEFT_OUT.contains(setting._1()))
                .sorted((a, b) -> a._1().compareTo(b._1()))
                .forEach(setting -> words.addAll(
                        List.of("--conf", setting._1() + "=" + redaction.value(setting._1(), setting._2()))));
        words.add(jar);
        words.addAll(verb);
        return new SubmitLine(words);
    }

    /** Where this class comes from: the application jar, if it was packaged. */
    private static String applicationJar() {
        try {
            URI source = SubmitLine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return Path.of(source).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Quoted where the shell needs it. */
    @Override
    public String toString() {
        return words.stream()
                .map(word -> PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
