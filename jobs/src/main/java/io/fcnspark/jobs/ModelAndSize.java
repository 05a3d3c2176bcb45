package io.fcnspark.jobs;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options {@code --model} and {@code --size}: a network, and the images that it is looked at with. */
final class ModelAndSize {
    @Option(names = "--model", required = true, paramLabel = "BUNDLE", description = "Folder of the model.")
    private Path model;

    @Option(
            names = "--size",
            defaultValue = "512x512",
            paramLabel = "HxW",
            converter = HeightByWidth.Converter.class,
            description = "Height x width of the images, in pixels. Default: ${DEFAULT-VALUE}.")
    private HeightByWidth size;

    Path model() {
        return model;
    }

    HeightByWidth size() {
        return size;
    }
}
