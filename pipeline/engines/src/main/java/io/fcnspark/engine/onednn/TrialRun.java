package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The program of a {@link Trial}: every kind of layer, in every precision that the processor has. */
final class TrialRun {
    private static final int SIZE = 64;
    private static final int CLASSES = 2;

    private TrialRun() {}

    /** Ends normally, with a stack trace, or with a crash. */
    public static void main(String[] args) {
        Fcn network = Fcn.of(Variant.FCN_8S_AT_ONCE, Backbone.vgg16(1 / 8.0), CLASSES, Geometry.SAME);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : network.parameters()) {
            float[] values = new float[Math.toIntExact(parameter.size())];
            Arrays.fill(values, 0.01f);
            tensors.put(parameter.name(), Tensor.of(parameter.shape(), values));
        }
        run(network, new Weights(tensors), Precision.FP32);
        if (OneDnn.library().hasBf16()) {
            run(network, new Weights(tensors), Precision.BF16);
        }
    }

    private static void run(Fcn network, Weights weights, Precision precision) {
        RunnerOptions options = new RunnerOptions(Fcn.SCORE, Device.CPU, precision, 1);
        try (OneDnnRunner runner = new OneDnnRunner(network, weights, options)) {
            runner.run(FeatureMaps.allocate(1, 3, SIZE, SIZE), FeatureMaps.allocate(1, CLASSES, SIZE, SIZE));
        }
    }
}
