package io.fcnspark.jobs;

import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.pack.PackImages;
import io.fcnspark.spark.pack.PackImages.Existing;
import io.fcnspark.spark.pack.PackResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verb {@code pack}: makes tar shards of many small files. */
@Command(
        name = "pack",
        description = {
            "Packs images, with their truth, into tar shards as WebDataset has them, to be given to label as --input.",
            "",
            "Writes OUTPUT/shards-00000-of-00012.tar and so on, in the order of the images' paths. An image's entries"
                    + " are X.jpg and, with --truth, X.seg.png. The same images give the same shards, byte for byte."
        },
        footer = {
            "",
            "Examples:",
            "  fcn pack --input photos --output shards",
            "  fcn pack --input street/images --truth street/labels --labels street/labels.json --output street-shards",
            "  fcn pack --input s3a://bucket/day=2026-01-31/ --output s3a://bucket/shards/day=2026-01-31 \\",
            "      --shard-images 10000 -- --master yarn --num-executors 20"
        })
public final class Pack implements Callable<Integer>, Interruption.Resumable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOption input;

    @Option(names = "--output", required = true, paramLabel = "URI", description = "Folder of the shards.")
    private String output;

    @ArgGroup(exclusive = false)
    private TruthOptions truth;

    @ArgGroup
    private ShardLength length;

    /** When the next shard begins. */
    private static final class ShardLength {
        @Option(
                names = "--shard-bytes",
                required = true,
                paramLabel = "N",
                description = "Bytes of the images in a shard, about. Default: " + PackImages.DEFAULT_SHARD_BYTES + ".")
        private Long bytes;

        @Option(names = "--shard-images", required = true, paramLabel = "N", description = "Images in a shard.")
        private Long images;
    }

    @Option(names = "--overwrite", description = "Replace the shards that the output holds; without, it is refused.")
    private boolean overwrite;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Pack(), args);
    }

    @Override
    public String afterInterruption() {
        return "Shards that are complete stay; run the same with --overwrite to make all of them";
    }

    @Override
    public Integer call() {
        long start = System.nanoTime();
        try (LazySession spark = new LazySession("fcn pack")) {
            PackResult report = Usage.check(spec, () -> describe(FcnActions.onDemand(spark)))
                    .execute();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d images, %,d with truth, in %,d shards of %,d bytes in all: %s (%.1f s)%n",
                            report.images(),
                            report.truths(),
                            report.shards(),
                            report.bytes(),
                            report.output(),
                            (System.nanoTime() - start) / 1e9);
            new Summary(spec.commandLine().getOut()).leftOut(report.leftOutByEnding());
            return ExitCode.DONE;
        }
    }

    private PackImages describe(FcnActions actions) {
        PackImages action = actions.packImages()
                .inputs(input.uris())
                .output(output)
                .existing(overwrite ? Existing.REPLACE : Existing.REFUSE);
        if (truth != null) {
            action.truth(truth.root(), truth.convention());
        }
        if (length != null && length.bytes != null) {
            action.shardBytes(length.bytes);
        }
        if (length != null && length.images != null) {
            action.shardImages(length.images);
        }
        return action;
    }
}
