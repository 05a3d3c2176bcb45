package io.fcnspark.jobs;

import io.fcnspark.spark.actions.EvaluateMasks;
import io.fcnspark.spark.actions.EvaluationReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code evaluate}: compares masks with truth. */
@Command(
        name = "evaluate",
        description =
                "Compares masks with truth: pixel accuracy, mean accuracy, mean IU, frequency weighted IU, and each"
                        + " class.",
        footer = {
            "",
            "Examples:",
            "  fcn evaluate --masks labelled --truth camvid/valannot --labels camvid",
            "  fcn evaluate --masks labelled --where \"run_id = 'night-1'\" --truth truth --labels scenes/labels.json",
            "  fcn evaluate --masks predicted-pngs --truth camvid/valannot --labels camvid --json metrics.json"
        })
public final class Evaluate implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--masks",
            required = true,
            paramLabel = "URI",
            description = "Output folder of fcn label, or a folder of PNGs with one channel, pixel = class id.")
    private String masks;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description = "Condition on the rows of an output, for example \"model = 'street@0123456789ab'\".")
    private String where;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private TruthOptions truth;

    @Option(
            names = "--output",
            paramLabel = "URI",
            description = "Folder for a Parquet row per mask with its confusion matrix; what it held is replaced.")
    private String output;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the metrics to this local file, too.")
    private Path json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Fcn.main("evaluate", args);
    }

    @Override
    public Integer call() {
        if (json != null) {
            JsonFile.requireFolder(json);
        }
        try (SparkSession spark = SparkSessions.open("fcn evaluate")) {
            EvaluateMasks action =
                    EvaluateMasks.on(spark).masks(masks).truth(truth.root(), Usage.check(spec, truth::convention));
            if (where != null) {
                action.where(where);
            }
            if (output != null) {
                action.output(output);
            }
            EvaluationReport report = action.execute();
            if (json != null) {
                JsonFile.write(json, report.toJson());
            }
            new Summary(spec.commandLine().getOut()).print(report);
            return ExitCode.DONE;
        }
    }
}
