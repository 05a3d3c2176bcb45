package io.fcnspark.bench;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.LayerTime;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import io.fcnspark.weights.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** One engine in one precision, loaded and measured. */
final class Contender implements AutoCloseable {
    private static final int LAYER_RUNS = 5;

    private final EngineProvider engine;
    private final Device device;
    private final Precision precision;
    private final Segmenter segmenter;
    private final List<List<RgbImage>> batches;
    private final List<Mask> masks = new ArrayList<>();
    private final OptionalLong residentGrowth;
    private final List<Round> rounds = new ArrayList<>();
    private int nextBatch;

    private Contender(
            EngineProvider engine,
            Device device,
            Precision precision,
            Segmenter segmenter,
            List<List<RgbImage>> batches,
            OptionalLong before) {
        this.engine = engine;
        this.device = device;
        this.precision = precision;
        this.segmenter = segmenter;
        this.batches = batches;
        for (List<RgbImage> batch : batches) {
            segmenter.segment(batch).stream().map(Segmentation::mask).forEach(masks::add);
        }
        OptionalLong after = ResidentMemory.bytes();
        this.residentGrowth = before.isPresent() && after.isPresent()
                ? OptionalLong.of(Math.max(0, after.getAsLong() - before.getAsLong()))
                : OptionalLong.empty();
    }

    /** Loads the model and labels every image once. */
    static Contender load(
            Model model,
            EngineProvider engine,
            Device device,
            Precision precision,
            int threads,
            List<List<RgbImage>> batches) {
        OptionalLong before = ResidentMemory.bytes();
        Segmenter segmenter = Segmenter.load(model, engine, device, precision, threads);
        try {
            return new Contender(engine, device, precision, segmenter, batches, before);
        } catch (RuntimeException | Error e) {
            segmenter.close();
            throw e;
        }
    }

    EngineProvider engine() {
        return engine;
    }

    Device device() {
        return device;
    }

    Precision precision() {
        return precision;
    }

    /**
     * Images per second.
     *
     * @param mean of all batches
     * @param best of the quickest batch
     */
    private record Round(double mean, double best) {}

    /** Runs for some time, one batch at least. */
    void warmUp(double seconds) {
        run(seconds);
    }

    /** Runs for some time, one batch at least; this counts. */
    void measure(double seconds) {
        rounds.add(run(seconds));
    }

    private Round run(double seconds) {
        long images = 0;
        double best = 0;
        long start = System.nanoTime();
        long elapsed = 0;
        do {
            List<RgbImage> batch = batches.get(nextBatch);
            nextBatch = (nextBatch + 1) % batches.size();
            segmenter.segment(batch);
            images += batch.size();
            long now = System.nanoTime() - start;
            best = Math.max(best, batch.size() / ((now - elapsed) / 1e9));
            elapsed = now;
        } while (elapsed < seconds * 1e9);
        return new Round(images / (elapsed / 1e9), best);
    }

    /** Images per second: the median of the rounds. */
    double imagesPerSecond() {
        double[] sorted = rounds.stream().mapToDouble(Round::mean).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Images per second of the quickest batch. */
    double bestImagesPerSecond() {
        return rounds.stream().mapToDouble(Round::best).max().orElseThrow();
    }

    /** What memory grew by when the model was loaded and run, in MB of 10^6 bytes; 0 if less than the heap happened to shrink. */
    OptionalDouble residentMb() {
        return residentGrowth.isPresent()
                ? OptionalDouble.of(residentGrowth.getAsLong() / 1e6)
                : OptionalDouble.empty();
    }

    /** Share of pixels to which both give the same label, 0 … 1. */
    double agreement(Contender reference) {
        long equal = 0;
        long all = 0;
        for (int i = 0; i < masks.size(); i++) {
            char[] own = masks.get(i).labels();
            char[] others = reference.masks.get(i).labels();
            for (int pixel = 0; pixel < own.length; pixel++) {
                if (own[pixel] == others[pixel]) {
                    equal++;
                }
            }
            all += own.length;
        }
        return (double) equal / all;
    }

    /** Whether the engine tells layers apart. */
    boolean timesLayers() {
        return segmenter.timesLayers();
    }

    /** Milliseconds a batch by layer, each the least of some runs. */
    Map<String, Double> layerMilliseconds() {
        Map<String, Double> least = new LinkedHashMap<>();
        for (int run = 0; run < LAYER_RUNS; run++) {
            Map<String, Double> sums = new LinkedHashMap<>();
            for (LayerTime time : segmenter.timeLayers(batches.get(0))) {
                sums.merge(time.layer(), time.nanos() / 1e6, Double::sum);
            }
            sums.forEach((layer, milliseconds) -> least.merge(layer, milliseconds, Math::min));
        }
        return least;
    }

    @Override
    public void close() {
        segmenter.close();
    }
}
