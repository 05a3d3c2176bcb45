package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.image.Region;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class UpsampledScoresTest {
    private static final int CLASSES = 3;

    /** Any kernel, any stride below or above it, any window: the same numbers as the transposed convolution and the crop. */
    @Property(tries = 300)
    void rowsAreThoseOfTheTransposedConvolution(
            @ForAll @IntRange(min = 1, max = 9) int kernel,
            @ForAll @IntRange(min = 1, max = 6) int stride,
            @ForAll @IntRange(min = 1, max = 5) int coarseHeight,
            @ForAll @IntRange(min = 1, max = 5) int coarseWidth,
            @ForAll @IntRange(min = 0, max = 3) int wantedPadding,
            @ForAll @IntRange(min = 0, max = 4) int wantedOffset,
            @ForAll long seed) {
        int shortest = (Math.min(coarseHeight, coarseWidth) - 1) * stride + kernel;
        int padding = Math.min(wantedPadding, (shortest - 1) / 2);
        int offset = Math.min(wantedOffset, shortest - 2 * padding - 1);
        TransposedConvolution upsampling =
                new TransposedConvolution("up", "data", CLASSES, CLASSES, kernel, stride, padding);
        Crop crop = new Crop("score", "up", "data", offset);
        int height = (coarseHeight - 1) * stride + kernel - 2 * padding - offset;
        int width = (coarseWidth - 1) * stride + kernel - 2 * padding - offset;

        SplittableRandom random = new SplittableRandom(seed);
        Tensor weight = separable(kernel, random);
        Values coarse = Values.random(new Shape(CLASSES, coarseHeight, coarseWidth), seed);
        List<Layer> layers = List.of(new Input("data", CLASSES), upsampling);
        Values expected = new ReferenceExecutor(layers, new Weights(Map.of("up.weight", weight)))
                .run(coarse)
                .get("up");

        FeatureMaps maps = FeatureMaps.allocate(2, CLASSES, coarseHeight, coarseWidth);
        coarse.putInto(maps.values().position(CLASSES * coarseHeight * coarseWidth));
        UpsampledScores rows = new UpsampledScores(
                maps, 1, Region.of(width, height), SeparableKernel.of(weight).orElseThrow(), upsampling, crop);
        float[][] row = new float[CLASSES][width];
        for (int y = 0; y < height; y++) {
            rows.row(y, row);
            for (int c = 0; c < CLASSES; c++) {
                for (int x = 0; x < width; x++) {
                    assertThat((double) row[c][x]).isCloseTo(expected.at(c, y + offset, x + offset), within(1e-5));
                }
            }
        }
    }

    private static Tensor separable(int k, SplittableRandom random) {
        float[] vertical = new float[k];
        float[] horizontal = new float[k];
        for (int i = 0; i < k; i++) {
            vertical[i] = (float) (random.nextDouble() - 0.3);
            horizontal[i] = (float) (random.nextDouble() - 0.3);
        }
        float[] values = new float[CLASSES * CLASSES * k * k];
        for (int c = 0; c < CLASSES; c++) {
            for (int i = 0; i < k * k; i++) {
                values[(c * CLASSES + c) * k * k + i] = vertical[i / k] * horizontal[i % k];
            }
        }
        return Tensor.of(List.of(CLASSES, CLASSES, k, k), values);
    }
}
