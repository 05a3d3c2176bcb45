package io.fcnspark.bench;

import io.fcnspark.bench.BenchReport.LayerResult;
import io.fcnspark.bench.BenchReport.LeftOut;
import io.fcnspark.bench.BenchReport.Peak;
import io.fcnspark.bench.BenchReport.Result;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Operations;
import io.fcnspark.weights.Model;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Measures engines side by side: all of them label the same images with the same model, in turn and in several rounds, so that
 * whatever else the machine does falls on all alike.
 */
public final class EngineBench {
    private static final int ROUNDS = 5;
    private static final List<Device> DEVICES = List.of(Device.gpu(0), Device.CPU);

    /** fp16 is measured where it is asked for. */
    private static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.BF16);

    private static final List<Precision> PRECISIONS_OF_QUANTISED =
            List.of(Precision.FP32, Precision.BF16, Precision.INT8);

    private final Model model;
    private final List<RgbImage> images;
    private List<EngineProvider> engines = Engines.installed().providers();
    private List<Device> devices = DEVICES;
    private List<Precision> precisions;
    private int batch = 1;
    private int threads = Runtime.getRuntime().availableProcessors();
    private double seconds = 10;
    private LayerTiming layers = LayerTiming.OMIT;

    private EngineBench(Model model, List<RgbImage> images) {
        this.model = model;
        this.precisions = model.description().quantisation().isPresent() ? PRECISIONS_OF_QUANTISED : PRECISIONS;
        this.images = List.copyOf(images);
    }

    /**
     * Begins to describe a benchmark.
     *
     * @param images one at least, all of the same size
     */
    public static EngineBench of(Model model, List<RgbImage> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("no images: expected at least one");
        }
        RgbImage first = images.get(0);
        for (RgbImage image : images) {
            if (image.width() != first.width() || image.height() != first.height()) {
                throw new IllegalArgumentException(
                        "images of %dx%d and %dx%d pixels (width x height): expected one size"
                                .formatted(first.width(), first.height(), image.width(), image.height()));
            }
        }
        return new EngineBench(model, images);
    }

    /** Engines by name; the first is what others agree with. Default: all that there are, the preferred first. */
    public EngineBench engines(List<String> names) {
        Engines installed = Engines.installed();
        this.engines = names.stream().map(installed::named).toList();
        return this;
    }

    /** Where to run. Default: each engine on a GPU if it can use one, else on the CPU. */
    public EngineBench device(Device device) {
        this.devices = List.of(device);
        return this;
    }

    /** Default: fp32 and bf16, in which an engine runs where the processor computes in it. */
    public EngineBench precisions(List<Precision> choice) {
        this.precisions = List.copyOf(choice);
        return this;
    }

    /** Images per run of the network. Default: 1. */
    public EngineBench batch(int size) {
        this.batch = positive("batch", size);
        return this;
    }

    /** CPU threads for each run. Default: a thread a processor. */
    public EngineBench threads(int count) {
        this.threads = positive("threads", count);
        return this;
    }

    /** How long each engine is measured, in all rounds together; one that is slow runs once a round. Default: 10. */
    public EngineBench seconds(double time) {
        if (!(time > 0)) {
            throw new IllegalArgumentException("seconds is %s: expected a positive number".formatted(time));
        }
        this.seconds = time;
        return this;
    }

    /** Whether to time layers, too. Default: no. */
    public EngineBench layers(LayerTiming choice) {
        this.layers = choice;
        return this;
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s is %d: expected at least 1".formatted(option, value));
        }
        return value;
    }

    /**
     * Measures.
     *
     * @throws EngineException if no engine can run here as asked; the message says for each why
     */
    public BenchReport execute() {
        List<LeftOut> leftOut = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        try {
            load(contenders, leftOut);
            if (contenders.isEmpty()) {
                throw new EngineException("no engine can run here as asked. "
                        + leftOut.stream()
                                .map(engine ->
                                        "%s in %s: %s".formatted(engine.engine(), engine.precision(), engine.reason()))
                                .collect(Collectors.joining("; ")));
            }
            Map<Precision, Peak> peaks = measure(contenders);
            return report(contenders, leftOut, peaks);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private void load(List<Contender> contenders, List<LeftOut> leftOut) {
        List<List<RgbImage>> batches = batches();
        for (EngineProvider engine : engines) {
            for (Precision precision : precisions) {
                Optional<Device> device = devices.stream()
                        .filter(candidate ->
                                engine.unavailable(candidate, precision).isEmpty())
                        .findFirst();
                if (device.isPresent()) {
                    contenders.add(Contender.load(model, engine, device.get(), precision, threads, batches));
                } else {
                    Device last = devices.get(devices.size() - 1);
                    leftOut.add(new LeftOut(
                            engine.name(),
                            precision.id(),
                            engine.unavailable(last, precision).orElseThrow()));
                }
            }
        }
    }

    /** Every image once; the last batch is filled up from the beginning. */
    private List<List<RgbImage>> batches() {
        List<List<RgbImage>> batches = new ArrayList<>();
        for (int start = 0; start < images.size(); start += batch) {
            List<RgbImage> next = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                next.add(images.get((start + i) % images.size()));
            }
            batches.add(next);
        }
        return batches;
    }

    private Map<Precision, Peak> measure(List<Contender> contenders) {
        Map<Precision, Peak> peaks = new EnumMap<>(Precision.class);
        double slot = seconds / ROUNDS;
        // The JVM compiles what surrounds the network while it runs.
        contenders.forEach(contender -> contender.warmUp(slot));
        for (int round = 0; round < ROUNDS; round++) {
            for (Contender contender : contenders) {
                contender.measure(slot);
            }
            for (Precision precision : precisions) {
                engines.stream()
                        .flatMapToDouble(engine -> engine.peakGflops(precision, threads).stream())
                        .max()
                        .ifPresent(gflops -> peaks.merge(precision, new Peak(gflops, gflops), Peak::and));
            }
        }
        return peaks;
    }

    private BenchReport report(List<Contender> contenders, List<LeftOut> leftOut, Map<Precision, Peak> peaks) {
        RgbImage image = images.get(0);
        Fcn network = model.description().network();
        Map<String, Long> operations = Operations.count(network.layers(), image.height(), image.width());
        double gflop = operations.values().stream().mapToLong(Long::longValue).sum() / 1e9;
        List<Result> results = new ArrayList<>();
        for (Contender contender : contenders) {
            double best = contender.bestImagesPerSecond();
            Peak peak = peaks.get(contender.precision());
            results.add(new Result(
                    contender.engine().name(),
                    contender.precision().id(),
                    contender.device().toString(),
                    contender.imagesPerSecond(),
                    best,
                    best * gflop,
                    peak == null || contender.device().kind() != Device.Kind.CPU
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(100 * best * gflop / peak.gflops()),
                    contender.residentMb(),
                    contender.agreement(contenders.get(0)),
                    layers == LayerTiming.MEASURE ? layers(contender, operations, gflop) : List.of()));
        }
        Map<String, Peak> peaksById = new LinkedHashMap<>();
        peaks.forEach((precision, peak) -> peaksById.put(precision.id(), peak));
        return new BenchReport(
                Machine.detect(),
                model.description().identity(),
                image.height(),
                image.width(),
                images.size(),
                batch,
                threads,
                gflop,
                peaksById,
                results,
                leftOut);
    }

    private List<LayerResult> layers(Contender contender, Map<String, Long> operations, double gflop) {
        List<LayerResult> times = new ArrayList<>();
        contender.layerMilliseconds().forEach((layer, milliseconds) -> {
            double ofLayer = layer.equals(BenchReport.NETWORK) ? gflop : operations.getOrDefault(layer, 0L) / 1e9;
            times.add(new LayerResult(
                    layer,
                    milliseconds,
                    ofLayer == 0 ? OptionalDouble.empty() : OptionalDouble.of(batch * ofLayer / milliseconds * 1e3)));
        });
        return times;
    }
}
