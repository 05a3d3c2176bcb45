package io.fcnspark.engine;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.image.Region;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.BilinearKernel;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What surrounds the network in every engine, for one image of 512x512 and 21 classes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PostprocessingBenchmark {
    private static final int SIZE = 512;
    private static final int CLASSES = 21;

    private RgbImage image;
    private FloatBuffer planes;
    private final Workers workers = new Workers(1);
    private FeatureMaps coarse;
    private SeparableKernel kernel;
    private Fcn network;

    /** Makes up scores on the coarse grid. */
    @Setup
    public void scores() {
        Random random = new Random(1);
        byte[] rgb = new byte[3 * SIZE * SIZE];
        random.nextBytes(rgb);
        image = new RgbImage(SIZE, SIZE, rgb);
        planes = FeatureMaps.allocate(1, 3, SIZE, SIZE).values();
        network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(), CLASSES, Geometry.SAME);
        coarse = FeatureMaps.allocate(1, CLASSES, SIZE / 8, SIZE / 8);
        FloatBuffer values = coarse.values();
        while (values.hasRemaining()) {
            values.put((float) random.nextGaussian() * 4);
        }
        kernel = SeparableKernel.of(BilinearKernel.diagonal(
                        CLASSES, network.finalUpsampling().kernel()))
                .orElseThrow();
    }

    @Benchmark
    public FloatBuffer preprocess() {
        planes.rewind();
        Preprocessing.TORCH.apply(image, SIZE, SIZE, planes);
        return planes;
    }

    @Benchmark
    public Segmentation upsampleAndLabel() throws NonFiniteScoreException {
        return Segmentations.of(
                () -> new UpsampledScores(
                        coarse, 0, Region.of(SIZE, SIZE), kernel, network.finalUpsampling(), network.finalCrop()),
                workers);
    }
}
