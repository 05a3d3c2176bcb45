package io.fcnspark.jobs;

import io.fcnspark.onnx.OnnxExport;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.formats.WeightExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code export}: writes a model for other tools. */
@Command(
        name = "export",
        description = {
            "Writes a model as one file for other tools.",
            "",
            "onnx: the network with its weights; input 'data', preprocessed images of any size, output 'score'. Over 2"
                    + " GiB the weights lie in FILE.data beside it. safetensors: the weights alone. Both hold the model's"
                    + " description, so that fcn import makes the very same model of them."
        },
        footer = {
            "",
            "Examples:",
            "  fcn export --model models/street --format onnx --output street.onnx",
            "  fcn export --model models/street --format safetensors --output street.safetensors"
        })
public final class Export implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "BUNDLE", description = "Folder of the model.")
    private Path model;

    @Option(names = "--format", required = true, paramLabel = "FORMAT", description = "onnx or safetensors.")
    private String format;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "File to write; one that is there is replaced.")
    private Path output;

    /** What can be written, each with the files that it gives. */
    private enum Format {
        ONNX(OnnxExport::write),
        SAFETENSORS((model, file) -> {
            WeightExport.safetensors(model, file);
            return List.of(file);
        });

        @SuppressWarnings("ImmutableEnumChecker") // a function without state
        private final BiFunction<Model, Path, List<Path>> write;

        Format(BiFunction<Model, Path, List<Path>> write) {
            this.write = write;
        }

        static Format of(String id) {
            return Arrays.stream(values())
                    .filter(format -> format.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown format '%s': expected one of %s"
                            .formatted(
                                    id, Arrays.stream(values()).map(Format::id).collect(Collectors.joining(", ")))));
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Export(), args);
    }

    @Override
    public Integer call() throws IOException {
        Format chosen = Usage.check(spec, () -> Format.of(format));
        Model loaded = ModelBundle.load(model);
        requireNoFileOf(model);
        List<Path> files = chosen.write.apply(loaded, output);
        PrintWriter out = spec.commandLine().getOut();
        for (Path file : files) {
            out.printf("%s in %s: %.1f MB%n", loaded.description().identity(), file, Files.size(file) / 1e6);
        }
        return ExitCode.DONE;
    }

    /** A bundle whose weights are replaced by an export of them would not load any more. */
    private void requireNoFileOf(Path bundle) throws IOException {
        Path file = Files.exists(output) ? output.toRealPath() : output;
        if (bundle.toRealPath().equals(file.getParent())
                && ModelBundle.isPart(file.getFileName().toString())) {
            throw new UserException("--output %s is a file of the model itself; name another".formatted(output));
        }
    }
}
