package io.fcnspark.jobs;

import io.fcnspark.exports.LabelFormats;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.export.ExportMasks;
import io.fcnspark.spark.export.ExportResult;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code export-labels}: masks for annotation tools. */
@Command(
        name = "export-labels",
        description = {
            "Writes masks in the formats of annotation tools, so that images of which the network was unsure go back to people.",
            "",
            "coco-panoptic: annotations/panoptic_default.json and its PNGs. coco-stuff: annotations/stuff_default.json with run"
                    + " lengths. Categories of both are class ids + 1. voc: SegmentationClass/*.png with a palette, labelmap.txt, the list of names. cvat: annotations.zip for"
                    + " CVAT's \"Segmentation mask 1.1\". label-studio: tasks.json with predictions, labels.xml for the project."
        },
        footer = {
            "",
            "Examples:",
            "  fcn export-labels --masks labelled --output uncertain --format cvat --images copy --where \"mean_confidence < 0.6\"",
            "  fcn export-labels --masks s3a://bucket/labelled --output s3a://bucket/tasks --format label-studio --labels camvid",
            "  fcn export-labels --masks labelled --output coco --format coco-stuff --where \"run_id = 'night-1'\""
        })
public final class ExportLabels implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--masks", required = true, paramLabel = "URI", description = "Output folder of fcn label.")
    private String masks;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "URI",
            description = "Folder to write; it may exist, but hold nothing.")
    private String output;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description = "coco-panoptic, coco-stuff, voc, cvat or label-studio.")
    private String format;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description =
                    "Condition on the table's columns, for example \"mean_confidence < 0.6\". Default: all masks.")
    private String where;

    @ArgGroup
    private Classes classes = new Classes();

    @Option(
            names = "--images",
            paramLabel = "copy|reference",
            description =
                    "copy: to OUTPUT/images, for voc OUTPUT/JPEGImages. reference: they stay, and documents say where they are. Default: reference.")
    private ExportMasks.Images images;

    /** Where classes and colours come from. */
    private static final class Classes {
        @Option(
                names = "--labels",
                paramLabel = "NAME",
                description =
                        "All classes and their colours: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file."
                                + " Default: the classes that occur, in the colours of VOC.")
        private String labels;

        @Option(
                names = "--model",
                paramLabel = "BUNDLE",
                description = "All classes and their colours: those of a model.")
        private String model;
    }

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new ExportLabels(), args);
    }

    @Override
    public Integer call() {
        Usage.check(spec, () -> {
            LabelFormats.requireName(format);
            return format;
        });
        if (classes.labels != null) {
            Usage.check(spec, () -> Labels.parse(classes.labels));
        }
        if (classes.model != null) {
            BeforeSpark.requireModel(classes.model);
        }
        try (SparkSession spark = SparkSessions.open("fcn export-labels")) {
            ExportResult report = action(spark).execute();
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%,d images as %s in %s: %s%n",
                    report.images(), format, report.output(), String.join(", ", report.documents()));
            if (report.withoutMask() > 0) {
                out.printf("%,d rejected images have no mask and were left out%n", report.withoutMask());
            }
            if (report.missing() > 0) {
                out.printf("%,d images could not be copied; their labels are there%n", report.missing());
            }
        }
        return ExitCode.DONE;
    }

    private ExportMasks action(SparkSession spark) {
        ExportMasks action =
                FcnActions.on(spark).exportMasks().masks(masks).output(output).format(format);
        if (images != null) {
            action.images(images);
        }
        if (where != null) {
            action.where(where);
        }
        if (classes.labels != null) {
            action.classes(Usage.check(spec, () -> Labels.parse(classes.labels)).classes());
        }
        if (classes.model != null) {
            action.model(classes.model);
        }
        return action;
    }
}
