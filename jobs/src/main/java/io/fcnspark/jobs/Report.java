package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.report.ReportMasks;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code report}: a page about masks, for a browser. */
@Command(
        name = "report",
        description = {
            "Writes one HTML file about the masks of an output: scores with intervals, classes, confusion, runs, rejects, and"
                    + " pictures of the worst, the most uncertain and some random images. The file needs nothing else, not"
                    + " even a network.",
            "",
            "Scores are those that the table holds; with --truth also those of images that were labelled without. Without"
                    + " any truth the page shows confidence alone."
        },
        footer = {
            "",
            "Examples:",
            "  fcn report --masks labelled --output report.html",
            "  fcn report --masks labelled --truth camvid --labels camvid --output report.html --images 30",
            "  fcn report --masks s3a://bucket/labelled --where \"run_date >= '2026-01-01'\" --labels street.json"
                    + " --output s3a://bucket/report.html"
        })
public final class Report implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--masks", required = true, paramLabel = "URI", description = "Output of fcn label.")
    private String masks;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description = "Condition on the table's columns, for example \"model = 'street@0123456789ab'\".")
    private String where;

    @Option(
            names = "--truth",
            paramLabel = "URI",
            description = "Folder of the truth; an image's truth is found by its path and name.")
    private String truth;

    @Option(
            names = "--labels",
            paramLabel = "NAME",
            description =
                    "Names and colours of the classes, and how truth is stored: voc, camvid, cityscapes, ade20k, kitti-road,"
                            + " or a JSON file. Default: the names in the table.")
    private String labels;

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = "Take names and colours of the classes from this model, instead of --labels.")
    private String model;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The HTML file, here or on any Hadoop file system; one that exists is replaced.")
    private String output;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Images in each gallery, 0 to " + ReportMasks.MOST_IMAGES + ". Default: ${DEFAULT-VALUE}.")
    private int images = ReportMasks.DEFAULT_IMAGES;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the intervals and of the random images. Default: ${DEFAULT-VALUE}.")
    private long seed = ReportMasks.DEFAULT_SEED;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Report(), args);
    }

    @Override
    public Integer call() {
        if (truth != null && labels == null) {
            throw new ParameterException(spec.commandLine(), "--truth needs --labels, which says how it is stored");
        }
        if (labels != null && model != null) {
            throw new ParameterException(
                    spec.commandLine(), "--labels and --model both say what classes are called: give one of them");
        }
        Optional<LabelConvention> convention =
                Optional.ofNullable(labels).map(name -> Usage.check(spec, () -> Labels.parse(name)));
        if (model != null) {
            BeforeSpark.requireModel(model);
        }
        try (LazySession spark = new LazySession("fcn report")) {
            ReportMasks action = FcnActions.onDemand(spark)
                    .reportMasks()
                    .masks(masks)
                    .output(output)
                    .seed(seed);
            Usage.check(spec, () -> action.images(images));
            if (where != null) {
                action.where(where);
            }
            if (truth != null) {
                action.truth(truth, convention.orElseThrow());
            } else {
                convention.ifPresent(c -> action.classes(c.classes()));
            }
            if (model != null) {
                action.classesOf(model);
            }
            new Summary(spec.commandLine().getOut()).print(action.execute());
        }
        return ExitCode.DONE;
    }
}
