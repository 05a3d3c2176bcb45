package io.fcnspark.engine.onednn;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.Precision;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Input;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;

/** The best rate that the library reaches on this processor, in shapes that suit it. */
final class Peak {
    private static final String LAYER = "peak";
    private static final double SECONDS_A_SHAPE = 0.2;

    /** A convolution as in the middle of VGG16, and a product of square matrices, which is what one of 1x1 pixel is. */
    private static final List<Shape> SHAPES = List.of(new Shape(512, 3, 64, 64), new Shape(2048, 1, 64, 32));

    private record Shape(int channels, int kernel, int height, int width) {
        double gflop() {
            return 2.0 * channels * channels * kernel * kernel * height * width / 1e9;
        }
    }

    private Peak() {}

    /** The best of several runs of each shape. */
    static double gflops(Precision precision, int threads) {
        OneDnn.library().useThreads(threads);
        return SHAPES.stream()
                .mapToDouble(shape -> gflops(shape, precision))
                .max()
                .orElseThrow();
    }

    private static double gflops(Shape shape, Precision precision) {
        int channels = shape.channels();
        int kernel = shape.kernel();
        List<Layer> layers = List.of(
                new Input("data", channels),
                new Convolution(LAYER, "data", channels, channels, kernel, kernel / 2, Activation.RELU));
        TrialWeights weights = TrialWeights.of(layers, precision);
        Descriptions descriptions = Descriptions.of(layers, precision, weights.quantisation());
        FeatureMaps data = FeatureMaps.allocate(1, channels, shape.height(), shape.width());
        data.values().put(random(data.values().remaining()));
        FeatureMaps result = FeatureMaps.allocate(1, channels, shape.height(), shape.width());
        try (PackedWeights packed = new PackedWeights(layers, weights.weights(), weights.quantisation(), descriptions);
                Plan plan = PlanBuilder.plan(layers, packed, descriptions, 1, shape.height(), shape.width());
                Workspace workspace = new Workspace()) {
            return shape.gflop() / leastSeconds(plan, workspace, data.values(), result.values());
        }
    }

    private static double leastSeconds(Plan plan, Workspace workspace, FloatBuffer data, FloatBuffer result) {
        long[] least = {Long.MAX_VALUE};
        long end = System.nanoTime() + (long) (SECONDS_A_SHAPE * 1e9);
        do {
            plan.run(workspace, new FloatPointer(data), new FloatPointer(result), (step, nanos) -> {
                if (step.equals(LAYER)) {
                    least[0] = Math.min(least[0], nanos);
                }
            });
        } while (System.nanoTime() < end);
        return least[0] / 1e9;
    }

    private static float[] random(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return values;
    }
}
