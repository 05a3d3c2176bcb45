package io.fcnspark.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a benchmark came to.
 *
 * @param model identity of the model
 * @param height of the images, in pixels
 * @param width of the images, in pixels
 * @param images different images, each of which was labelled by every engine
 * @param gflopPerImage operations of the network, 10^9, as {@code fcn inspect} counts them: of all layers that multiply
 * @param peaks what engines' libraries reach on the machine at best, by precision, where one can measure it
 * @param results one for each engine and precision, in the order asked for; the first is what others agree with
 * @param leftOut engines and precisions that cannot run here, with the reason
 */
public record BenchReport(
        Machine machine,
        String model,
        int height,
        int width,
        int images,
        int batch,
        int threads,
        double gflopPerImage,
        Map<String, Peak> peaks,
        List<Result> results,
        List<LeftOut> leftOut) {
    /** Stands in a list of layers for all of them. */
    static final String NETWORK = "network";

    public BenchReport {
        peaks = Collections.unmodifiableMap(new LinkedHashMap<>(peaks));
        results = List.copyOf(results);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Rates, 10^9 a second, that any engine's library reaches in a large matrix product or convolution.
     *
     * @param gflops in the best round
     * @param slowestGflops in the worst round
     */
    public record Peak(double gflops, double slowestGflops) {
        /** More than clocks and caches explain. */
        private static final double STEADY = 0.75;

        /** Whether the machine was about as fast in every round; where it was not, only best rates can be compared. */
        public boolean isSteady() {
            return slowestGflops >= STEADY * gflops;
        }

        Peak and(Peak other) {
            return new Peak(Math.max(gflops, other.gflops), Math.min(slowestGflops, other.slowestGflops));
        }
    }

    /**
     * One engine in one precision.
     *
     * @param imagesPerSecond from pixels to labels, median of the rounds
     * @param bestImagesPerSecond the same of the quickest batch, which whatever else the machine does delays least
     * @param gflops operations of the network per second, 10^9, in the quickest batch, all that surrounds the network counting
     *     as its time
     * @param percentOfPeak of the machine's measured peak in this precision, which is a best as well; empty where no engine can
     *     measure it
     * @param residentMb what memory grew by when the model was loaded and run; empty where the system does not tell
     * @param agreement share of pixels with the same label as the first result, 0 … 1
     * @param layers how long parts of the network take; empty if it was not asked for
     */
    public record Result(
            String engine,
            String precision,
            String device,
            double imagesPerSecond,
            double bestImagesPerSecond,
            double gflops,
            OptionalDouble percentOfPeak,
            OptionalDouble residentMb,
            double agreement,
            List<LayerResult> layers) {
        public Result {
            layers = List.copyOf(layers);
        }

        /** Whether {@code layers} tells layers apart, and not only the network as a whole. */
        public boolean tellsLayersApart() {
            return layers.stream().noneMatch(layer -> layer.layer().equals(NETWORK));
        }

        private ObjectNode toJson() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("engine", engine);
            json.put("precision", precision);
            json.put("device", device);
            json.put("images_per_second", rounded(imagesPerSecond));
            json.put("best_images_per_second", rounded(bestImagesPerSecond));
            json.put("gflops", rounded(gflops));
            json.put("percent_of_peak", rounded(percentOfPeak));
            json.put("resident_mb", rounded(residentMb));
            json.put("agreement", agreement);
            if (!layers.isEmpty()) {
                ArrayNode array = json.putArray("layers");
                layers.forEach(layer -> array.add(layer.toJson()));
            }
            return json;
        }
    }

    /**
     * A layer, or a part of the work that is no layer.
     *
     * @param milliseconds for a batch
     * @param gflops rate, of a layer that multiplies or of the network as a whole
     */
    public record LayerResult(String layer, double milliseconds, OptionalDouble gflops) {
        private ObjectNode toJson() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("layer", layer);
            json.put("milliseconds", rounded(milliseconds));
            json.put("gflops", rounded(gflops));
            return json;
        }
    }

    /** An engine that cannot run here, and why. */
    public record LeftOut(String engine, String precision, String reason) {
        private ObjectNode toJson() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("engine", engine);
            json.put("precision", precision);
            json.put("reason", reason);
            return json;
        }
    }

    /** Everything as JSON; what is not known is null. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode machineJson = machine.toJson();
        ObjectNode best = machineJson.putObject("peak_gflops");
        peaks.forEach((precision, peak) -> best.put(precision, rounded(peak.gflops())));
        ObjectNode slowest = machineJson.putObject("peak_gflops_slowest_round");
        peaks.forEach((precision, peak) -> slowest.put(precision, rounded(peak.slowestGflops())));
        json.set("machine", machineJson);
        json.put("model", model);
        json.put("size", height + "x" + width);
        json.put("images", images);
        json.put("batch", batch);
        json.put("threads", threads);
        json.put("gflop_per_image", rounded(gflopPerImage));
        ArrayNode resultsJson = json.putArray("results");
        results.forEach(result -> resultsJson.add(result.toJson()));
        ArrayNode leftOutJson = json.putArray("left_out");
        leftOut.forEach(engine -> leftOutJson.add(engine.toJson()));
        return json;
    }

    private static Double rounded(OptionalDouble value) {
        return value.isPresent() ? (Double) rounded(value.getAsDouble()) : null;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
