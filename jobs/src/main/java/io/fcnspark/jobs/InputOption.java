package io.fcnspark.jobs;

import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --input}: images to work on. */
final class InputOption {
    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "URI",
            description = "Folder, glob, image, or list of images (.txt, .csv or .parquet with a column 'image').")
    private List<String> inputs;

    List<String> uris() {
        return inputs;
    }
}
