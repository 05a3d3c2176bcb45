package io.fcnspark.quantise;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes integers of the weights of a trained model, and chooses the ranges of its activations by what a sample of images gives.
 * All convolutions with a ReLU are quantised, which are 99.9 % of the operations; scores stay in fp32.
 */
public final class Quantiser {
    private static final int UNSIGNED_STEPS = 255;
    private static final int SIGNED_STEPS = 127;

    /** Images by which ways of clipping are compared. */
    private static final int COMPARED = 8;

    private final Model model;
    private final Fcn network;
    private final List<Convolution> convolutions;
    private final EngineProvider engine;
    private final int threads;

    private Quantiser(Model model, EngineProvider engine, int threads) {
        this.model = model;
        this.network = model.description().network();
        this.convolutions = quantised(network);
        this.engine = engine;
        this.threads = threads;
    }

    /** The convolutions that are quantised, in order. */
    private static List<Convolution> quantised(Fcn network) {
        List<Convolution> convolutions = new ArrayList<>();
        for (Layer layer : network.layers()) {
            if (layer instanceof Convolution c && c.activation() == Activation.RELU) {
                convolutions.add(c);
            }
        }
        return convolutions;
    }

    /**
     * Quantises a model. Ranges are chosen in each of the ways of {@link Clipping}, and of those the one is kept whose scores are the
     * closest to those in fp32.
     *
     * @param engine that computes in fp32 and in int8 on this machine's CPU
     * @param threads of the CPU
     * @param images one at least, of what the model is to label
     * @throws io.fcnspark.weights.ModelException if the model is quantised already
     */
    public static QuantisedWeights quantise(Model model, EngineProvider engine, int threads, List<RgbImage> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("no images: expected at least one");
        }
        model.requireReal("quantisation");
        return new Quantiser(model, engine, threads).quantise(images);
    }

    private QuantisedWeights quantise(List<RgbImage> images) {
        Weights weights;
        Map<String, ActivationHistogram> histograms;
        try (Calibration calibration = new Calibration(model, convolutions, engine, threads)) {
            images.forEach(calibration::add);
            weights = integers(calibration);
            histograms = calibration.histograms();
        }
        List<RgbImage> compared = images.subList(0, Math.min(COMPARED, images.size()));
        List<float[]> real = scores(model.weights(), Quantisation.NONE, compared);
        QuantisedWeights best = null;
        for (Clipping clipping : Clipping.values()) {
            Quantisation quantisation = quantisation(histograms, clipping);
            double error = error(scores(weights, quantisation, compared), real);
            if (best == null || error < best.scoreError()) {
                best = new QuantisedWeights(quantisation, weights, clipping, error);
            }
        }
        return best;
    }

    private Weights integers(Calibration calibration) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.weights().tensors());
        for (Convolution c : convolutions) {
            String weight = c.name() + ".weight";
            String bias = c.name() + ".bias";
            IntegerKernels kernels =
                    IntegerKernels.of(tensors.get(weight), tensors.get(bias), calibration.means(c.name()));
            tensors.put(weight, kernels.integers());
            tensors.put(Quantisation.weightScale(c.name()), kernels.scales());
            tensors.put(bias, kernels.bias());
        }
        return new Weights(tensors);
    }

    private Quantisation quantisation(Map<String, ActivationHistogram> histograms, Clipping clipping) {
        Map<String, Float> scales = new LinkedHashMap<>();
        for (Convolution c : convolutions) {
            String source = Quantisation.source(network.layers(), c);
            boolean image = source.equals(Fcn.DATA);
            int steps = image ? SIGNED_STEPS : UNSIGNED_STEPS;
            // Every image has the range of the preprocessing.
            float threshold = histograms.get(c.name()).threshold(image ? Clipping.MAXIMUM : clipping, steps);
            scales.put(source, threshold / steps);
        }
        return new Quantisation(convolutions.stream().map(Convolution::name).toList(), scales);
    }

    /** The scores of each image before the last upsampling. */
    private List<float[]> scores(Weights weights, Quantisation quantisation, List<RgbImage> images) {
        String layer = network.finalUpsampling().input();
        Precision precision = quantisation.isPresent() ? Precision.INT8 : Precision.FP32;
        List<float[]> scores = new ArrayList<>();
        try (NetworkRunner runner =
                engine.load(network, weights, new RunnerOptions(layer, Device.CPU, precision, threads, quantisation))) {
            for (RgbImage image : images) {
                int height = network.geometry().paddedSize(image.height());
                int width = network.geometry().paddedSize(image.width());
                FeatureMaps data = FeatureMaps.allocate(1, 3, height, width);
                model.description().preprocessing().apply(image, width, height, data.values());
                Shape shape =
                        Shapes.infer(network.layersUpTo(layer), height, width).get(layer);
                FeatureMaps result = FeatureMaps.allocate(1, shape.channels(), shape.height(), shape.width());
                runner.run(data, result);
                float[] values = new float[Math.toIntExact(shape.size())];
                result.values().get(values);
                scores.add(values);
            }
        }
        return scores;
    }

    private static double error(List<float[]> actual, List<float[]> expected) {
        double squares = 0;
        double all = 0;
        for (int image = 0; image < actual.size(); image++) {
            for (int i = 0; i < actual.get(image).length; i++) {
                double difference = actual.get(image)[i] - expected.get(image)[i];
                squares += difference * difference;
                all += (double) expected.get(image)[i] * expected.get(image)[i];
            }
        }
        return Math.sqrt(squares / Math.max(all, Double.MIN_NORMAL));
    }
}
