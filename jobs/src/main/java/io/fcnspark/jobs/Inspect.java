package io.fcnspark.jobs;

import io.fcnspark.weights.ModelBundle;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Mixin
    private ModelAndSize of;

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
        spec.commandLine()
                .getOut()
                .print(ModelText.text(
                        ModelBundle.describe(of.model()),
                        of.size().height(),
                        of.size().width()));
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }
}
