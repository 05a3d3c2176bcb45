package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.evaluate.EvaluateMasks;
import io.fcnspark.spark.evaluate.EvaluationResult;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code evaluate}: compares masks with truth. */
@Command(
        name = "evaluate",
        description =
                "Compares masks with truth: pixel accuracy, mean accuracy, mean IU, frequency weighted IU, each class; contours"
                        + " (boundary F1) and confidence (calibration); intervals that hold the value with 95 %%, from a"
                        + " bootstrap over images.",
        footer = {
            "",
            "Examples:",
            "  fcn evaluate --masks labelled --truth camvid/valannot --labels camvid",
            "  fcn evaluate --masks labelled --where \"run_id = 'night-1'\" --truth truth --labels scenes/labels.json",
            "  fcn evaluate --masks predicted-pngs --truth camvid/valannot --labels camvid --json metrics.json",
            "  fcn evaluate --masks labelled --by \"regexp_extract(image, 'camera_([0-9]+)', 1)\" --truth truth --labels voc",
            "  fcn evaluate --masks new --against old --truth truth --labels voc --fail-drop 0.02 --fail-under mean_iou=0.6"
        })
public final class Evaluate implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--masks",
            required = true,
            paramLabel = "URI|TABLE",
            description = "Output of fcn label, a folder or a table CATALOG.NAMESPACE.TABLE; or a folder of PNGs of one"
                    + " channel, pixel = class id, or in the colours of the classes.")
    private String masks;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description =
                    "Condition on the table's columns, for example \"model = 'street@0123456789ab'\"; of a folder of PNGs on"
                            + " image.")
    private String where;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private TruthOptions truth;

    @Option(
            names = "--by",
            paramLabel = "SQL",
            description = "Metrics for each value of an expression over the same columns, for example model.")
    private String by;

    @Option(
            names = "--against",
            paramLabel = "URI",
            description =
                    "Other masks of the same images: says by how much these are better or worse, and whether that may be"
                            + " chance.")
    private String against;

    @Option(
            names = "--against-where",
            paramLabel = "SQL",
            description = "Condition on the rows of --against; with it, that may be the same output.")
    private String againstWhere;

    @Mixin
    private QualityGates gates;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the intervals. Default: ${DEFAULT-VALUE}.")
    private long seed = EvaluateMasks.DEFAULT_SEED;

    @Option(
            names = "--output",
            paramLabel = "URI",
            description =
                    "Folder for a Parquet row per mask with what its metrics follow from; what it held is replaced.")
    private String output;

    @Mixin
    private JsonFile json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Evaluate(), args);
    }

    @Override
    public Integer call() {
        Usage.check(spec, () -> {
            gates.check(against);
            return gates;
        });
        if (againstWhere != null && against == null) {
            throw new ParameterException(
                    spec.commandLine(), "--against-where chooses rows of --against: add that, too");
        }
        json.requireFolder();
        LabelConvention convention = Usage.check(spec, truth::convention);
        try (SparkSession spark = SparkSessions.open("fcn evaluate")) {
            EvaluationResult report = action(spark, convention).execute();
            json.write(report.toJson());
            new Summary(spec.commandLine().getOut()).print(report);
            List<String> failures = gates.failures(report);
            failures.forEach(failure -> spec.commandLine().getErr().println("fcn evaluate: gate failed: " + failure));
            return failures.isEmpty() ? ExitCode.DONE : ExitCode.GATE_FAILED;
        }
    }

    private EvaluateMasks action(SparkSession spark, LabelConvention convention) {
        EvaluateMasks action = FcnActions.on(spark)
                .evaluateMasks()
                .masks(masks)
                .truth(truth.root(), convention)
                .seed(seed);
        if (where != null) {
            action.where(where);
        }
        if (by != null) {
            action.by(by);
        }
        if (against != null) {
            action.against(against);
        }
        if (againstWhere != null) {
            action.againstWhere(againstWhere);
        }
        if (output != null) {
            action.output(output);
        }
        return action;
    }
}
