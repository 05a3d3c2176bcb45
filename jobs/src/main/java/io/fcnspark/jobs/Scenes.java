package io.fcnspark.jobs;

import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code scenes}: makes synthetic street scenes with exact truth. */
@Command(
        name = "scenes",
        description = {
            "Makes synthetic street scenes with exact truth.",
            "",
            "Writes OUTPUT/images/scene_000000.jpg, its truth OUTPUT/labels/scene_000000.png (grey, a pixel is its class id,"
                    + " 255 is void) and so on, and OUTPUT/labels.json, to be given as --labels to other commands. The same"
                    + " seed gives the same scenes; a larger count leaves the first ones as they are."
        },
        footer = {
            "",
            "Examples:",
            "  fcn scenes --count 200 --output street",
            "  fcn scenes --count 50 --seed 2 --size 256x512 --output street-val"
        })
public final class Scenes implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--count", required = true, paramLabel = "N", description = "Number of scenes.")
    private long count;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Folder; made if it does not exist.")
    private Path output;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Scenes of different seeds have nothing in common. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            converter = HeightByWidth.Converter.class,
            description =
                    "Height x width of every scene, in pixels, from 64 to 4096. Default: sizes that vary around 320x480.")
    private HeightByWidth size;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Scenes(), args);
    }

    @Override
    public Integer call() throws Exception {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count is " + count + ": expected at least 1");
        }
        SceneSizes sizes =
                size == null ? SceneSizes.VARIED : Usage.check(spec, () -> SceneSizes.of(size.height(), size.width()));
        long start = System.nanoTime();
        SceneFolder.write(new SceneGenerator(seed, sizes), count, output);
        double seconds = (System.nanoTime() - start) / 1e9;
        spec.commandLine()
                .getOut()
                .printf("%d scenes of seed %d in %s (%.1f a second)%n", count, seed, output, count / seconds);
        return ExitCode.DONE;
    }
}
