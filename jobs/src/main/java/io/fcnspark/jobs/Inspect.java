package io.fcnspark.jobs;

import io.fcnspark.weights.ModelBundle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code inspect}: tells what a model is. */
@Command(
        name = "inspect",
        description =
                "Tells what a model is: layers with their shapes, parameters, GFLOP and receptive fields for an image of a"
                        + " size; preprocessing; classes; how it came to be.",
        footer = {
            "",
            "Examples:",
            "  fcn inspect --model fcn8s-random",
            "  fcn inspect --model fcn8s-random --size 720x960"
        })
public final class Inspect implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "BUNDLE", description = "Folder of the model.")
    private Path model;

    @Option(
            names = "--size",
            defaultValue = "512x512",
            paramLabel = "HxW",
            converter = HeightByWidth.Converter.class,
            description = "Height x width of the image, in pixels. Default: ${DEFAULT-VALUE}.")
    private HeightByWidth size;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Inspect(), args);
    }

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(ModelText.text(ModelBundle.describe(model), size.height(), size.width()));
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }
}
