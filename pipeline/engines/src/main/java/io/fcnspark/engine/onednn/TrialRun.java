package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;

/** The program of a {@link Trial}: every kind of layer, in every precision that the processor has. */
final class TrialRun {
    private static final int SIZE = 64;
    private static final int CLASSES = 2;

    private TrialRun() {}

    /** Ends normally, with a stack trace, or with a crash. */
    public static void main(String[] args) {
        Fcn network = Fcn.of(Variant.FCN_8S_AT_ONCE, Backbone.vgg16(1 / 8.0), CLASSES, Geometry.SAME);
        run(network, Precision.FP32);
        if (OneDnn.library().hasBf16()) {
            run(network, Precision.BF16);
        }
        if (OneDnn.library().hasVnni()) {
            run(network, Precision.INT8);
        }
    }

    private static void run(Fcn network, Precision precision) {
        TrialWeights weights = TrialWeights.of(network.layers(), precision);
        RunnerOptions options = new RunnerOptions(Fcn.SCORE, Device.CPU, precision, 1, weights.quantisation());
        try (OneDnnRunner runner = new OneDnnRunner(network, weights.weights(), options)) {
            runner.run(FeatureMaps.allocate(1, 3, SIZE, SIZE), FeatureMaps.allocate(1, CLASSES, SIZE, SIZE));
        }
    }
}
