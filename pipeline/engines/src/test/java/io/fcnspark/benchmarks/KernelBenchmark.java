package io.fcnspark.benchmarks;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.CocoRle;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.scenes.Scene;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
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

/** What an image costs beside the network: a synthetic scene of 480x360 and its truth, slightly changed, as its mask. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
    private static final int CLASSES = SceneGenerator.CLASSES.size();

    private final ImageDecoder decoder = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS);
    private byte[] png;
    private byte[] jpeg;
    private Mask truth;
    private Mask mask;
    private byte[] maskPng;
    private byte[] confidence;

    /** Draws the scene. */
    @Setup
    public void draw() throws IOException {
        Scene scene = new SceneGenerator(1, SceneSizes.of(360, 480)).scene(0);
        png = PngEncoder.encode(scene.image());
        jpeg = jpeg(scene.image());
        truth = scene.truth();
        mask = shifted(truth);
        maskPng = MaskPng.encode(mask, CLASSES);
        confidence = new byte[mask.labels().length];
        for (int i = 0; i < confidence.length; i++) {
            // Certain within an area, less so towards its borders, never quite even.
            boolean border = i > 2 && mask.labels()[i] != mask.labels()[i - 2];
            confidence[i] = (byte) ((border ? 160 : 250) + i % 5);
        }
    }

    /** A few pixels to the right, every pixel with a class. */
    private static Mask shifted(Mask truth) {
        char[] labels = truth.labels().clone();
        for (int i = 3; i < labels.length; i++) {
            char label = truth.labels()[i - 3];
            labels[i] = label == Mask.IGNORE ? labels[i - 1] : label;
        }
        for (int i = 0; i < 3; i++) {
            labels[i] = labels[3];
        }
        return new Mask(truth.width(), truth.height(), labels);
    }

    private static byte[] jpeg(RgbImage image) throws IOException {
        BufferedImage buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        for (int i = 0; i < image.width() * image.height(); i++) {
            buffered.setRGB(
                    i % image.width(),
                    i / image.width(),
                    (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(buffered, "jpg", bytes);
        return bytes.toByteArray();
    }

    @Benchmark
    public RgbImage decodeJpeg() throws ImageException {
        return decoder.decode(jpeg);
    }

    @Benchmark
    public RgbImage decodePng() throws ImageException {
        return decoder.decode(png);
    }

    @Benchmark
    public byte[] encodeMask() {
        return MaskPng.encode(mask, CLASSES);
    }

    @Benchmark
    public Mask decodeMask() throws ImageException {
        return MaskPng.decode(maskPng);
    }

    @Benchmark
    public byte[] encodeConfidence() {
        return PngEncoder.encodeGrey(mask.width(), mask.height(), confidence);
    }

    @Benchmark
    public ConfusionMatrix compareWithTruth() {
        return ConfusionMatrix.of(CLASSES, truth, mask);
    }

    @Benchmark
    public CocoRle runLengths() {
        return CocoRle.of(mask, 1);
    }
}
