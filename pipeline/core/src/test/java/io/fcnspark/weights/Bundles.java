package io.fcnspark.weights;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two slim models of different shapes that one bundle holds in turn, and a process that changes them for ever. */
public enum Bundles {
    FIRST(Variant.FCN_8S, 1.0 / 64, 1),
    SECOND(Variant.FCN_32S, 1.0 / 32, 2);

    @SuppressWarnings("ImmutableEnumChecker") // not changed
    private final ClassSet classes =
            new ClassSet("two", List.of(new LabelClass(0, "sky", 0x80c0ff), new LabelClass(1, "road", 0x00000a)), 255);

    @SuppressWarnings("ImmutableEnumChecker") // not changed
    private final Fcn network;

    @SuppressWarnings("ImmutableEnumChecker") // not changed
    private final List<TensorSource> tensors;

    private final long seed;

    Bundles(Variant variant, double width, long seed) {
        this.seed = seed;
        this.network = Fcn.of(variant, Backbone.vgg16(width), classes.size(), Geometry.SAME);
        this.tensors = RandomWeights.sources(network, seed, ScoreLayers.HE_NORMAL);
    }

    /** The other of the two. */
    public Bundles other() {
        return this == FIRST ? SECOND : FIRST;
    }

    /** Saves this model into a folder, whose model it replaces. */
    public ModelDescription save(Path folder) {
        return ModelBundle.save(
                folder,
                sha256 -> new ModelDescription(
                        name(),
                        new FcnArchitecture(network.variant(), network.backbone(), network.geometry()),
                        classes,
                        Preprocessing.TORCH,
                        sha256,
                        Map.of()),
                tensors);
    }

    /** Whether a model is this one to the last weight. */
    public boolean is(Model model) {
        return model.description().name().equals(name())
                && model.weights().equals(RandomWeights.of(network, seed, ScoreLayers.HE_NORMAL));
    }

    /** Whether a model is one of the two. */
    public static boolean isOne(Model model) {
        return FIRST.is(model) || SECOND.is(model);
    }

    /** Starts a Java process with the class path and the settings of this one. */
    public static Process start(Path log, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Rewrites a bundle until the process is killed. */
    public static final class Rewriting {
        private Rewriting() {}

        /** @param arguments the bundle's folder, and a file that is made when the first model is there */
        public static void main(String... arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            FIRST.save(folder);
            Files.createFile(Path.of(arguments[1]));
            for (Bundles next = SECOND; ; next = next.other()) {
                next.save(folder);
            }
        }
    }
}
