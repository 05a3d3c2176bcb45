package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.network.Variant;
import io.fcnspark.spark.finetune.FineTune;
import io.fcnspark.spark.finetune.FineTune.ClassWeighting;
import io.fcnspark.spark.finetune.FineTune.SavedAs;
import io.fcnspark.spark.finetune.FineTuneReport;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingOptions.Optimiser;
import io.fcnspark.training.TrainingOptions.Schedule;
import io.fcnspark.training.TrainingOptions.Upsampling;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The verb {@code finetune}: trains a model on images with truth. */
@Command(
        name = "finetune",
        description = {
            "Trains a model on images with truth, and writes the one of the best epoch.",
            "",
            "After every epoch it validates and keeps a checkpoint. Interrupted, the output holds the best model so far; run"
                    + " the same command again with --resume to go on."
        },
        footer = {
            "",
            "Examples:",
            "  fcn finetune --train street --val street-val --labels street/labels.json \\",
            "      --variant fcn8s --width 0.125 --epochs 40 --output models/street",
            "  fcn finetune --train camvid/train --val camvid/val --truth camvid --labels camvid \\",
            "      --variant fcn32s --from vgg16 --optimiser sgd --learning-rate 0.001 --output models/camvid-32s",
            "  fcn finetune --train camvid/train --val camvid/val --truth camvid --labels camvid \\",
            "      --variant fcn16s --from models/camvid-32s --learning-rate 0.0001 --output models/camvid-16s"
        })
public final class Finetune implements Callable<Integer>, Interruption.Resumable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--train",
            required = true,
            arity = "1..*",
            paramLabel = "URI",
            description =
                    "Images to learn from: folders, globs, or lists (.txt, .csv or .parquet with a column 'image').")
    private List<String> train;

    @Option(
            names = "--val",
            required = true,
            arity = "1..*",
            paramLabel = "URI",
            description = "Images to validate with, in the same forms; they choose the best epoch.")
    private List<String> validation;

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "NAME|FILE",
            description = "How truth is stored: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file.")
    private String labels;

    @Option(
            names = "--truth",
            paramLabel = "URI",
            description =
                    "Folder below which the truth of all images is, in the places that the labels say. Default: the"
                            + " first of --train for those, the first of --val for those.")
    private String truth;

    @Option(
            names = "--variant",
            required = true,
            paramLabel = "VARIANT",
            description = "fcn32s, fcn16s, fcn8s or fcn8s-atonce.")
    private String variant;

    @Option(
            names = "--from",
            paramLabel = "BUNDLE",
            description =
                    "Model to go on from: the coarser net of the paper's schedule, a classifier, or a model of other"
                            + " classes. What it lacks starts at zero. Default: random weights.")
    private String from;

    @Option(
            names = "--width",
            paramLabel = "W",
            description = "Without --from: factor on all channel counts of VGG16, above 0, at most 4. Default: 1.")
    private Double width;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the model; its last part is the model's name.")
    private String output;

    @Option(
            names = "--save-as",
            defaultValue = "fp32",
            paramLabel = "FORMAT",
            description =
                    "Number format of the model's weights: fp32, or bf16 of half the size. Default: ${DEFAULT-VALUE}.")
    private SavedAs saveAs;

    @Option(
            names = "--checkpoints",
            paramLabel = "URI",
            description = "Folder of the checkpoints. Default: 'checkpoints' in the output.")
    private String checkpoints;

    @Option(names = "--resume", description = "Go on from the newest checkpoint, if there is one.")
    private boolean resume;

    @Option(names = "--epochs", defaultValue = "50", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N epochs without a higher mean IU. Default: never.")
    private Integer patience;

    @Option(
            names = "--batch",
            defaultValue = "4",
            paramLabel = "N",
            description = "Images of a step of one worker. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--workers",
            defaultValue = "1",
            paramLabel = "N",
            description = "How many train side by side, each in a Spark task. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--averaging-frequency",
            defaultValue = "8",
            paramLabel = "N",
            description =
                    "Steps of each worker from one averaging of parameters to the next. Default: ${DEFAULT-VALUE}.")
    private int averagingFrequency;

    @Option(
            names = "--optimiser",
            defaultValue = "adam",
            paramLabel = "NAME",
            description = "adam, or sgd with Nesterov's momentum. Default: ${DEFAULT-VALUE}.")
    private Optimiser optimiser;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.001",
            paramLabel = "R",
            description = "Of the first step. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--schedule",
            defaultValue = "polynomial",
            paramLabel = "NAME",
            description = "constant, or polynomial: (1 - step / steps)^0.9. Default: ${DEFAULT-VALUE}.")
    private Schedule schedule;

    @Option(
            names = "--momentum",
            defaultValue = "0.9",
            paramLabel = "M",
            description = "Of sgd. Default: ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--weight-decay",
            defaultValue = "0.0005",
            paramLabel = "D",
            description = "Of weights, not of biases. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--dropout",
            defaultValue = "0.5",
            paramLabel = "R",
            description = "Share of the values of fc6 and fc7 that a step leaves out. Default: ${DEFAULT-VALUE}.")
    private double dropout;

    @Option(
            names = "--class-weights",
            defaultValue = "none",
            paramLabel = "NAME",
            converter = ClassWeightingConverter.class,
            description = "none, or median-frequency: rare classes count more. Default: ${DEFAULT-VALUE}.")
    private ClassWeighting classWeights;

    @Option(
            names = "--upsampling",
            defaultValue = "fixed",
            paramLabel = "NAME",
            description = "fixed: bilinear; or learned, starting bilinear. Default: ${DEFAULT-VALUE}.")
    private Upsampling upsampling;

    @Option(
            names = "--crop",
            defaultValue = "320x320",
            paramLabel = "HxW",
            converter = HeightByWidth.Converter.class,
            description = "Height x width of the window that a step sees of an image. Default: ${DEFAULT-VALUE}.")
    private HeightByWidth crop;

    @Option(
            names = "--scale",
            defaultValue = "0.5-2",
            paramLabel = "MIN-MAX",
            description = "Range of the random factor on an image's size. Default: ${DEFAULT-VALUE}.")
    private String scale;

    @Option(
            names = "--flip",
            defaultValue = "horizontal",
            paramLabel = "NAME",
            description = "horizontal: every other image is mirrored; or none. Default: ${DEFAULT-VALUE}.")
    private Flip flip;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of all that is random. With one worker, the same seed gives the same weights. Default:"
                    + " ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Finetune(), args);
    }

    /** Names with a dash, as everywhere on the command line. */
    static final class ClassWeightingConverter implements ITypeConverter<ClassWeighting> {
        @Override
        public ClassWeighting convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "none" -> ClassWeighting.NONE;
                case "median-frequency" -> ClassWeighting.MEDIAN_FREQUENCY;
                default ->
                    throw new TypeConversionException("'%s': expected none or median-frequency".formatted(value));
            };
        }
    }

    @Override
    public String afterInterruption() {
        return "The best epoch so far stays; run the same with --resume to go on from the last one";
    }

    @Override
    public Integer call() {
        if (from != null && width != null) {
            throw new ParameterException(
                    spec.commandLine(), "--width and --from exclude each other: the model has its width already");
        }
        TrainingOptions options = Usage.check(spec, this::options);
        LabelConvention convention = Usage.check(spec, () -> Labels.parse(labels));
        TrainingSummary summary = new TrainingSummary(spec.commandLine().getOut());
        try (SparkSession spark = SparkSessions.open("fcn finetune")) {
            FineTuneReport report = Usage.check(spec, () -> describe(spark, options, convention, summary))
                    .execute();
            summary.print(report);
            return ExitCode.DONE;
        }
    }

    private FineTune describe(
            SparkSession spark, TrainingOptions options, LabelConvention convention, TrainingSummary summary) {
        Variant target = Variant.of(variant);
        FineTune action = FineTune.on(spark, options)
                .images(train, validation, convention)
                .output(output, lastPart(output))
                .classWeighting(classWeights)
                .savedAs(saveAs)
                .progress(summary::print, summary::print);
        if (from == null) {
            action.fromScratch(target, width == null ? 1 : width);
        } else {
            action.from(from, target);
        }
        if (truth != null) {
            action.truth(truth);
        }
        if (checkpoints != null) {
            action.checkpoints(checkpoints);
        }
        if (resume) {
            action.resume();
        }
        if (patience != null) {
            action.patience(patience);
        }
        return action;
    }

    private TrainingOptions options() {
        String[] scales = scale.split("-", 2);
        try {
            double minScale = Double.parseDouble(scales[0]);
            double maxScale = Double.parseDouble(scales[scales.length - 1]);
            return new TrainingOptions(
                    optimiser,
                    learningRate,
                    schedule,
                    momentum,
                    weightDecay,
                    dropout,
                    upsampling,
                    new Augmentation(crop.height(), crop.width(), minScale, maxScale, flip),
                    batch,
                    workers,
                    averagingFrequency,
                    epochs,
                    seed);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--scale %s: expected MIN-MAX, for example 0.5-2".formatted(scale), e);
        }
    }

    private static String lastPart(String uri) {
        String path = uri.replaceFirst("/+$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
