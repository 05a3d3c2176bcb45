package io.fcnspark.jobs;

import io.fcnspark.quantise.Comparison;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.quantise.QuantiseModel;
import io.fcnspark.spark.quantise.QuantiseReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code quantise}: makes a model of 8-bit integers. */
@Command(
        name = "quantise",
        description = {
            "Makes a model of 8-bit integers from a trained one and a sample of images: a quarter of its size, and several times as"
                    + " quick where the processor has VNNI or AMX.",
            "",
            "Calibrates on up to 64 of the images and compares both models on up to 256 others. Writes nothing, and ends with exit"
                    + " code 5, if more is lost than --max-drop allows; it then names the layers that cost most."
        },
        footer = {
            "",
            "Examples:",
            "  fcn quantise --model models/street --images photos --output models/street-int8",
            "  fcn quantise --model models/camvid --images camvid/val --truth camvid/valannot --labels camvid \\",
            "      --max-drop 0.003 --output models/camvid-int8"
        })
public final class Quantise implements Callable<Integer> {
    private static final int BLAMED = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "BUNDLE", description = "Folder of the trained model.")
    private String model;

    @Option(
            names = "--images",
            required = true,
            arity = "1..*",
            paramLabel = "URI",
            description = "Images like those that the model is to label: folder, glob, image, or list (.txt, .csv or"
                    + " .parquet with a column 'image').")
    private List<String> images;

    @ArgGroup(exclusive = false)
    private TruthOptions truth;

    @Option(
            names = "--max-drop",
            defaultValue = "0.005",
            paramLabel = "D",
            description = "The most that may be lost: of mean IU with --truth, else of labels; 0 to 1."
                    + " Default: ${DEFAULT-VALUE}.")
    private double maxDrop;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the quantised model; one that is there is replaced.")
    private Path output;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Quantise(), args);
    }

    @Override
    public Integer call() {
        try (LazySession spark = new LazySession("fcn quantise")) {
            QuantiseReport report = Usage.check(spec, () -> describe(FcnActions.onDemand(spark)))
                    .execute();
            print(report);
            return report.model().isPresent() ? ExitCode.DONE : ExitCode.GATE_FAILED;
        }
    }

    private QuantiseModel describe(FcnActions actions) {
        QuantiseModel action = actions.quantiseModel()
                .model(model)
                .images(images)
                .maxDrop(maxDrop)
                .output(output);
        if (truth != null) {
            action.truth(truth.root(), truth.convention());
        }
        return action;
    }

    private void print(QuantiseReport report) {
        PrintWriter out = spec.commandLine().getOut();
        Comparison comparison = report.comparison();
        out.printf(
                Locale.ROOT,
                "calibrated on %d images, clipping by %s; %d could not be read%n",
                report.calibrated(),
                report.clipping().id(),
                report.unreadable());
        out.printf(
                Locale.ROOT,
                "labels kept of fp32's: %.3f %%, on %d other images%n",
                100 * comparison.labelsKept(),
                comparison.images());
        if (comparison.before().isPresent() && comparison.after().isPresent()) {
            out.printf(
                    Locale.ROOT,
                    "mean IU: %.4f before, %.4f after%n",
                    comparison.before().getAsDouble(),
                    comparison.after().getAsDouble());
        }
        report.model().ifPresent(identity -> out.printf("%s in %s%n", identity, output));
        out.flush();
        if (report.model().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "fcn quantise: loses %.4f, more than --max-drop %s allows; nothing was written. Quantised alone, these"
                                    + " layers change most labels: %s. Give more images like those that are to be labelled, allow a"
                                    + " greater drop, or stay with the model as it is%n",
                            comparison.drop(),
                            maxDrop,
                            report.costs().entrySet().stream()
                                    .limit(BLAMED)
                                    .map(cost -> String.format(
                                            Locale.ROOT, "%s %.2f %%", cost.getKey(), 100 * cost.getValue()))
                                    .collect(Collectors.joining(", ")));
        }
    }
}
