package io.fcnspark.jobs;

import io.fcnspark.bench.BenchReport;
import io.fcnspark.bench.LayerTiming;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Precision;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.weights.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code bench}: measures engines side by side. */
@Command(
        name = "bench",
        description = {
            "Measures engines side by side: all label the same images with the same model, in turn and in rounds, in one"
                    + " process and without Spark.",
            "",
            "Images per second count everything from pixels to labels: preprocessing, network, upsampling, arg max,"
                    + " confidence; they are the median of the rounds. What other processes do slows all, but the quickest"
                    + " batch least: so best rates are what engines are compared by. The peak is the best rate that a"
                    + " large matrix product or convolution reaches on this machine."
        },
        footer = {
            "",
            "Examples:",
            "  fcn bench --model models/street",
            "  fcn bench --model models/street --engines onnxruntime,dl4j --size 480x640 --threads 1",
            "  fcn bench --model models/street --image a.jpg b.jpg --layers --json bench.json"
        })
public final class Bench implements Callable<Integer> {
    /** Of the scenes to be labelled; anything fits. */
    private static final long SEED = 7;

    /** Enough for label maps to differ where they do. */
    private static final int SCENES = 4;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelAndSize of;

    @Option(
            names = "--image",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Label these instead of synthetic street scenes; all of one size.")
    private List<Path> files;

    @Option(
            names = "--engines",
            split = ",",
            paramLabel = "NAME",
            description = "Engines, with commas between; the others' labels are compared with those of the first."
                    + " Default: all.")
    private List<String> engines;

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, cpu or gpu; default: ${DEFAULT-VALUE}.")
    private String device;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "auto",
            paramLabel = "NAME",
            description =
                    "fp32, bf16, fp16 or int8, with commas between, or auto: fp32, and bf16 and of a quantised model int8 where"
                            + " the processor computes in it. Default: ${DEFAULT-VALUE}.")
    private List<String> precisions;

    @Option(
            names = "--batch",
            defaultValue = "1",
            paramLabel = "N",
            description = "Images per run of the network. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads. Default: a thread a processor.")
    private Integer threads;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "N",
            description = "How long each engine is measured, in five rounds; one that is slow runs once a round."
                    + " Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--layers", description = "Tell the time of each layer, where the engine can tell.")
    private boolean layers;

    @Mixin
    private JsonFile json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Bench(), args);
    }

    @Override
    public Integer call() throws IOException, ImageException {
        json.requireFolder();
        List<RgbImage> images = files == null ? scenes() : pictures();
        BenchReport report = Usage.check(spec, () -> describe(images)).execute();
        json.write(report.toJson());
        new BenchTable(spec.commandLine().getOut()).print(report);
        return ExitCode.DONE;
    }

    private List<RgbImage> scenes() {
        SceneGenerator generator = new SceneGenerator(
                SEED,
                Usage.check(
                        spec, () -> SceneSizes.of(of.size().height(), of.size().width())));
        return IntStream.range(0, Math.max(SCENES, batch))
                .mapToObj(i -> generator.scene(i).image())
                .toList();
    }

    private List<RgbImage> pictures() throws IOException, ImageException {
        if (spec.commandLine().getParseResult().hasMatchedOption("--size")) {
            throw new ParameterException(spec.commandLine(), "--size does not go with --image");
        }
        ImageDecoder decoder = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS);
        List<RgbImage> images = new ArrayList<>();
        for (Path file : files) {
            images.add(decoder.decode(Files.readAllBytes(file)));
        }
        return images;
    }

    private io.fcnspark.bench.EngineBench describe(List<RgbImage> images) {
        io.fcnspark.bench.EngineBench bench = io.fcnspark.bench.EngineBench.of(ModelBundle.load(of.model()), images)
                .batch(batch)
                .seconds(seconds)
                .layers(layers ? LayerTiming.MEASURE : LayerTiming.OMIT);
        if (engines != null) {
            bench.engines(engines);
        }
        if (!device.equals("auto")) {
            bench.device(Device.of(device));
        }
        if (!precisions.equals(List.of("auto"))) {
            bench.precisions(precisions.stream().map(Precision::of).toList());
        }
        if (threads != null) {
            bench.threads(threads);
        }
        return bench;
    }
}
