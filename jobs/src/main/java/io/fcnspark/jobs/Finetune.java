package io.fcnspark.jobs;

import io.fcnspark.network.Backbone;
import io.fcnspark.network.Variant;
import io.fcnspark.spark.finetune.CheckpointsException;
import io.fcnspark.spark.finetune.CheckpointsException.Remedy;
import io.fcnspark.spark.finetune.FcnTraining;
import io.fcnspark.spark.finetune.FineTune;
import io.fcnspark.spark.finetune.FineTune.SavedAs;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingOptions.ClassWeighting;
import io.fcnspark.training.TrainingOptions.Optimiser;
import io.fcnspark.training.TrainingOptions.Schedule;
import io.fcnspark.training.TrainingOptions.Upsampling;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The verb {@code finetune}: trains a model on images with truth. */
@Command(
        name = "finetune",
        defaultValueProvider = Finetune.Defaults.class,
        description = {
            "Trains a model on images with truth, and writes the one of the best epoch.",
            "",
            "After every epoch it validates and keeps a checkpoint. Interrupted, the output holds the best model so"
                    + " far; run the same command again with --resume to go on. With --schedule constant, --epochs may"
                    + " then be another number."
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
    private static final Pattern RANGE = Pattern.compile("([0-9.]+)(?:-([0-9.]+))?");

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

    @Option(names = "--epochs", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N epochs without a higher mean IU. Default: never.")
    private Integer patience;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Images of a step of one worker. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many train side by side, each in a Spark task. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--averaging-frequency",
            paramLabel = "N",
            description =
                    "Steps of each worker from one averaging of parameters to the next. Default: ${DEFAULT-VALUE}.")
    private int averagingFrequency;

    @Option(
            names = "--optimiser",
            paramLabel = "NAME",
            description = "adam, or sgd with Nesterov's momentum. Default: ${DEFAULT-VALUE}.")
    private Optimiser optimiser;

    @Option(names = "--learning-rate", paramLabel = "R", description = "Of the first step. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "constant, or polynomial: (1 - step / steps)^0.9. Default: ${DEFAULT-VALUE}.")
    private Schedule schedule;

    @Option(names = "--momentum", paramLabel = "M", description = "Of sgd. Default: ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "D",
            description = "Of weights, not of biases. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--dropout",
            paramLabel = "R",
            description = "Share of the values of fc6 and fc7 that a step leaves out. Default: ${DEFAULT-VALUE}.")
    private double dropout;

    @Option(
            names = "--class-weights",
            paramLabel = "NAME",
            converter = ClassWeightingConverter.class,
            description = "none, or median-frequency: rare classes count more. Default: ${DEFAULT-VALUE}.")
    private ClassWeighting classWeights;

    @Option(
            names = "--upsampling",
            paramLabel = "NAME",
            description = "fixed: bilinear; or learned, starting bilinear. Default: ${DEFAULT-VALUE}.")
    private Upsampling upsampling;

    @Option(
            names = "--crop",
            paramLabel = "HxW",
            converter = HeightByWidth.Converter.class,
            description = "Height x width of the window that a step sees of an image. Default: ${DEFAULT-VALUE}.")
    private HeightByWidth crop;

    @Option(
            names = "--scale",
            paramLabel = "MIN-MAX",
            description = "Range of the random factor on an image's size. Default: ${DEFAULT-VALUE}.")
    private String scale;

    @Option(
            names = "--flip",
            paramLabel = "NAME",
            description = "horizontal: every other image is mirrored; or none. Default: ${DEFAULT-VALUE}.")
    private Flip flip;

    @Option(
            names = "--seed",
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

    /** The library's own defaults. */
    static final class Defaults implements IDefaultValueProvider {
        @Override
        public String defaultValue(ArgSpec argument) {
            if (!(argument instanceof OptionSpec option)) {
                return null;
            }
            Map<String, String> defaults =
                    new HashMap<>(TrainingOptions.defaults().toMap());
            defaults.put("save_as", FineTune.DEFAULT_SAVED_AS.name());
            String value = defaults.get(option.longestName().substring(2).replace('-', '_'));
            return value == null ? null : value.toLowerCase(Locale.ROOT).replace('_', '-');
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
        TrainingSummary summary = new TrainingSummary(spec.commandLine().getOut());
        try (LazySession spark = new LazySession("fcn finetune")) {
            FineTune action = describe(FcnTraining.onDemand(spark), summary);
            try {
                requireUsableCheckpoints(action);
                summary.print(action.execute());
            } catch (CheckpointsException e) {
                throw new UserException("%s (%s)".formatted(e.getMessage(), options(e.remedy())), e);
            }
            return ExitCode.DONE;
        }
    }

    private String options(Remedy remedy) {
        return switch (remedy) {
            case RESUME -> "--resume; or --output, --checkpoints";
            case SAME_SETTINGS -> "--resume with the options it began with; or --output, --checkpoints";
            case MORE_EPOCHS -> "--epochs";
            case BEGIN_FROM_MODEL -> "--epochs; or --from %s --output ANOTHER".formatted(output);
        };
    }

    /** Before Spark starts, where the storage answers without it. */
    private void requireUsableCheckpoints(FineTune action) {
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        String scheme =
                new Path(checkpoints == null ? output : checkpoints).toUri().getScheme();
        if (scheme != null) {
            // The file system that Spark opens later has more settings than this one.
            hadoop.setBoolean("fs.%s.impl.disable.cache".formatted(scheme), true);
        }
        try {
            action.requireUsableCheckpoints(hadoop);
        } catch (IOException ignored) {
            // The session may bring what is missing; the action looks again, and tells.
        }
    }

    private FineTune describe(FcnTraining training, TrainingSummary summary) {
        FineTune action = training.fineTune()
                .options(options())
                .images(train, validation, Usage.check(spec, () -> Labels.parse(labels)))
                .savedAs(saveAs)
                .progress(summary::print, summary::print);
        value("--output", () -> action.output(output, lastPart(output)));
        Variant target = value("--variant", () -> Variant.of(variant));
        if (from == null) {
            action.fromScratch(target, value("--width", () -> Backbone.vgg16(width == null ? 1 : width)));
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
        return action;
    }

    private TrainingOptions options() {
        TrainingOptions.Builder options = TrainingOptions.builder()
                .optimiser(optimiser)
                .schedule(schedule)
                .classWeighting(classWeights)
                .upsampling(upsampling)
                .seed(seed);
        value("--learning-rate", () -> options.learningRate(learningRate));
        value("--momentum", () -> options.momentum(momentum));
        value("--weight-decay", () -> options.weightDecay(weightDecay));
        value("--dropout", () -> options.dropout(dropout));
        value("--workers", () -> options.workers(workers));
        value("--averaging-frequency", () -> options.averagingFrequency(averagingFrequency));
        value("--epochs", () -> options.epochs(epochs));
        if (patience != null) {
            value("--patience", () -> options.patience(patience));
        }
        options.augmentation(value("--scale", this::augmentation));
        value("--batch", () -> options.batch(batch));
        return value("--batch", options::build);
    }

    private Augmentation augmentation() {
        Matcher range = RANGE.matcher(scale);
        if (!range.matches()) {
            throw new IllegalArgumentException("scale is %s: expected MIN-MAX, for example 0.5-2".formatted(scale));
        }
        double minScale = Double.parseDouble(range.group(1));
        double maxScale = range.group(2) == null ? minScale : Double.parseDouble(range.group(2));
        return new Augmentation(crop.height(), crop.width(), minScale, maxScale, flip);
    }

    /** A value that an option gives; if it is out of range, that is an error in the options, and tells which. */
    private <T> T value(String option, Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '%s': %s".formatted(option, e.getMessage()), e);
        }
    }

    private static String lastPart(String uri) {
        String path = uri.replaceFirst("/+$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
