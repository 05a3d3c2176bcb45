package io.fcnspark.jobs;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.RandomWeights;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code init}: makes a model of seeded random weights. */
@Command(
        name = "init",
        description = {
            "Makes a model of seeded random weights, to measure with before there are real ones.",
            "",
            "Its labels mean nothing, but it takes the time and the memory of a trained one. The same seed gives the same"
                    + " weights on every machine."
        },
        footer = {
            "",
            "Examples:",
            "  fcn init --variant fcn8s --labels camvid --output fcn8s-random",
            "  fcn init --variant fcn32s --width 0.25 --labels street/labels.json --output slim-random"
        })
public final class Init implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--variant",
            required = true,
            paramLabel = "VARIANT",
            description = "fcn32s, fcn16s, fcn8s or fcn8s-atonce.")
    private String variant;

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "NAME|FILE",
            description =
                    "Classes: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file such as fcn scenes writes.")
    private String labels;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the model; one that is there is replaced.")
    private Path output;

    @Option(
            names = "--width",
            defaultValue = "1",
            paramLabel = "W",
            description = "Factor on all channel counts of VGG16, above 0, at most 4. Default: ${DEFAULT-VALUE}.")
    private double width;

    @Option(
            names = "--geometry",
            defaultValue = "same",
            paramLabel = "GEOMETRY",
            description =
                    "How borders are treated: same, or caffe as in the authors' weights. Default: ${DEFAULT-VALUE}.")
    private String geometry;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Init(), args);
    }

    @Override
    public Integer call() {
        ClassSet classes = Usage.check(spec, () -> Labels.parse(labels)).classes();
        io.fcnspark.network.Fcn network = Usage.check(
                spec,
                () -> io.fcnspark.network.Fcn.of(
                        Variant.of(variant), Backbone.vgg16(width), classes.size(), Geometry.of(geometry)));
        ModelDescription saved = ModelBundle.save(
                output,
                sha256 -> new ModelDescription(
                        network.variant().id() + "-random",
                        network.architecture(),
                        classes,
                        Preprocessing.TORCH,
                        sha256,
                        Map.of("made_by", "fcn init", "seed", Long.toString(seed))),
                RandomWeights.sources(network, seed, RandomWeights.ScoreLayers.HE_NORMAL));
        spec.commandLine()
                .getOut()
                .printf(
                        "%s in %s: %,d parameters, random%n",
                        saved.identity(), output, saved.network().parameterCount());
        return ExitCode.DONE;
    }
}
