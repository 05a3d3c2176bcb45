package io.fcnspark.jobs;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.formats.ImportRequest;
import io.fcnspark.weights.formats.PublishedPreprocessing;
import io.fcnspark.weights.formats.WeightFile;
import io.fcnspark.weights.formats.WeightFiles;
import io.fcnspark.weights.formats.WeightFormat;
import io.fcnspark.weights.formats.WeightImport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code import}: makes a model of a file of weights. */
@Command(
        name = "import",
        description = {
            "Makes a model of a file of weights that another tool wrote.",
            "",
            "A complete FCN is ready to label. A VGG16 classifier, with or without its fully connected layers, becomes"
                    + " a network to be fine-tuned: its score layers are zero. What fcn export wrote needs neither"
                    + " --variant nor --labels nor anything else. Nothing in a file is ever executed."
        },
        footer = {
            "",
            "Examples:",
            "  fcn import --weights fcn8s-heavy-pascal.caffemodel --variant fcn8s \\",
            "      --labels voc --output models/voc",
            "  fcn import --weights vgg16-397923af.pth --variant fcn8s \\",
            "      --labels camvid --output models/vgg16",
            "  fcn import --weights my_vgg16.safetensors --variant fcn16s \\",
            "      --preprocessing torch --labels street/labels.json --output models/street",
            "  fcn import --weights street.onnx --output models/street"
        })
public final class Import implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "File of weights: Caffe, PyTorch, safetensors, Keras, NumPy or ONNX.")
    private Path weights;

    @Option(
            names = "--format",
            defaultValue = "auto",
            paramLabel = "FORMAT",
            description = "auto, caffe, torch, safetensors, keras, numpy or onnx; auto tells it by the file's content."
                    + " Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(
            names = "--variant",
            paramLabel = "VARIANT",
            description = "fcn32s, fcn16s, fcn8s or fcn8s-atonce. Only files of fcn export tell it themselves.")
    private String variant;

    @Option(
            names = "--labels",
            paramLabel = "NAME|FILE",
            description =
                    "Classes: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file such as fcn scenes writes."
                            + " Only files of fcn export tell them themselves.")
    private String labels;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the model; one that is there is replaced.")
    private Path output;

    @Option(
            names = "--preprocessing",
            paramLabel = "NAME",
            description =
                    "What the weights were trained to see: caffe, caffe-rgb, caffe-fcn, caffe-nyud, caffe-siftflow,"
                            + " torch or torch-features. Needed where neither the file's hash nor its names tell.")
    private String preprocessing;

    @Option(
            names = "--geometry",
            paramLabel = "GEOMETRY",
            description =
                    "How borders are treated: caffe or same. Default: what a complete FCN was trained in, as far as the"
                            + " file tells; same for a network that is yet to be trained.")
    private String geometry;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the model, part of its identity in every output: letters, digits, dots, dashes,"
                    + " underscores. Default: that of the file, without its ending.")
    private String name;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of fc6 and fc7 where the file does not have them. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Import(), args);
    }

    @Override
    public Integer call() {
        Optional<WeightFormat> chosenFormat = option(format.equals("auto") ? null : format, WeightFormat::of);
        Optional<Variant> chosenVariant = option(variant, Variant::of);
        Optional<ClassSet> chosenClasses =
                option(labels, nameOrFile -> Labels.parse(nameOrFile).classes());
        Optional<PublishedPreprocessing> chosenPreprocessing = option(preprocessing, PublishedPreprocessing::of);
        Optional<Geometry> chosenGeometry = option(geometry, Geometry::of);
        Optional<String> chosenName = option(name, value -> {
            ModelDescription.requireName(value);
            return value;
        });

        WeightFile file = WeightFiles.read(weights, chosenFormat.orElseGet(() -> WeightFiles.detect(weights)));
        Optional<ModelDescription> exported = WeightImport.exportedModel(file);
        ImportRequest request = new ImportRequest(
                chosenVariant
                        .or(() -> exported.map(model -> model.network().variant()))
                        .orElseThrow(() -> missing("--variant=VARIANT")),
                chosenClasses
                        .or(() -> exported.map(ModelDescription::classes))
                        .orElseThrow(() -> missing("--labels=NAME|FILE")),
                chosenPreprocessing,
                chosenGeometry,
                seed);
        ModelDescription saved = WeightImport.read(file, request)
                .save(
                        output,
                        chosenName
                                .or(() -> exported.map(ModelDescription::name))
                                .orElseGet(this::nameOfFile));
        spec.commandLine().getOut().print(ModelText.summary(saved));
        spec.commandLine().getOut().printf("written to %s%n", output);
        return ExitCode.DONE;
    }

    private <T> Optional<T> option(String value, Function<String, T> parse) {
        return Optional.ofNullable(value).map(given -> Usage.check(spec, () -> parse.apply(given)));
    }

    private ParameterException missing(String option) {
        return new ParameterException(
                spec.commandLine(),
                "Missing required option: '%s': %s is no file of fcn export, which would tell it"
                        .formatted(option, weights));
    }

    private String nameOfFile() {
        String stem = weights.getFileName().toString().replaceFirst("(.)\\.[^.]*$", "$1");
        return stem.replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
