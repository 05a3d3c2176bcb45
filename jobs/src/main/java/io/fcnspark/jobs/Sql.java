package io.fcnspark.jobs;

import io.fcnspark.spark.tables.ResultViews;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code sql}: questions to an output, at a prompt or from a script. */
@Command(
        name = "sql",
        description = {
            "Asks an output questions in Spark's SQL, with the functions of masks and these views ready:",
            "",
            "masks (a row per image), rejects (images that could not be used, and why), runs (a row per run), classes (a row"
                    + " per image and class of its mask). A new CREATE VIEW lasts as long as the command.",
            "",
            "Without -e, a prompt; where standard input is no terminal, the statements in it, to the end or the first"
                    + " error."
        },
        footer = {
            "",
            "Examples:",
            "  fcn sql --masks labelled",
            "  fcn sql --masks labelled -e \"SELECT name, sum(pixels) FROM classes GROUP BY name ORDER BY 2 DESC\"",
            "  fcn sql --masks s3a://bucket/labelled --format csv -e \"SELECT image, code FROM rejects\" > rejects.csv",
            "  fcn sql --masks labelled < nightly.sql"
        })
public final class Sql implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--masks", "--output"},
            required = true,
            paramLabel = "URI",
            description = "Output folder of fcn label.")
    private String masks;

    @Option(
            names = {"-e", "--execute"},
            paramLabel = "QUERY",
            description = "Run this, or several separated by ';', print what they give, and end.")
    private String query;

    @Option(
            names = "--format",
            defaultValue = "table",
            paramLabel = "FORMAT",
            description = {
                "table: for reading; long values are cut, bytes are shown as their number.",
                "csv: with a header; nested values as JSON, bytes in base64.",
                "json: an object a line; bytes in base64. Default: ${DEFAULT-VALUE}."
            })
    private String format;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Sql(), args);
    }

    @SuppressWarnings("SystemConsoleNull") // Spark 3.5 runs on JDK 17, where it is null unless both ends are a terminal
    @Override
    public Integer call() throws IOException {
        ResultFormat resultFormat = Usage.check(spec, () -> ResultFormat.of(format));
        List<String> statements = query == null ? List.of() : Usage.check(spec, () -> SqlScript.requireComplete(query));
        PrintWriter out = spec.commandLine().getOut();
        try (SparkSession spark = SparkSessions.open("fcn sql")) {
            ResultViews.create(spark, masks);
            SqlSession session = new SqlSession(spark, resultFormat, out);
            if (query != null) {
                session.run(statements);
            } else if (System.console() != null) {
                try (Terminal terminal =
                        TerminalBuilder.builder().nativeSignals(true).build()) {
                    new SqlPrompt(session, terminal, SqlPrompt.HISTORY).run();
                }
            } else {
                session.run(new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
            }
        } catch (SqlException e) {
            throw new UserException(e.getMessage(), e);
        }
        return ExitCode.DONE;
    }
}
