package io.fcnspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.formats.ImportRequest;
import io.fcnspark.weights.formats.PublishedPreprocessing;
import io.fcnspark.weights.formats.WeightImport;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The authors' nets with random weights in a {@code .caffemodel}, imported, give the scores that OpenCV computes from the same
 * file and a prototxt, and so the same labels. {@code run_opencv.py} made the files, which are slim; the environment variable
 * FCN_CAFFE_RUNTIME names a folder with others, in full size.
 */
class CaffeRuntimeTest {
    private static final String SLIM = "/io/fcnspark/weights/formats/opencv";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Variant.class)
    void scoresAndLabelsAreThoseOfAnIndependentRuntime(Variant variant)
            throws IOException, ImageException, URISyntaxException {
        String other = System.getenv("FCN_CAFFE_RUNTIME");
        Path files =
                other == null ? Path.of(CaffeRuntimeTest.class.getResource(SLIM).toURI()) : Path.of(other);
        RgbImage picture = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS)
                .decode(Files.readAllBytes(files.resolve("picture.png")));
        int pixels = picture.width() * picture.height();
        FloatBuffer expected = ByteBuffer.wrap(Files.readAllBytes(files.resolve(variant.id() + ".scores")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        int classes = expected.remaining() / pixels;

        WeightImport.read(files.resolve(variant.id() + ".caffemodel"), request(variant, classes))
                .save(folder, "imported");
        FloatBuffer scores = scores(ModelBundle.load(folder), picture);

        float largest = 0;
        float difference = 0;
        int same = 0;
        for (int i = 0; i < pixels; i++) {
            same += best(scores, i, pixels) == best(expected, i, pixels) ? 1 : 0;
        }
        for (int i = 0; i < expected.remaining(); i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
            difference = Math.max(difference, Math.abs(expected.get(i) - scores.get(i)));
        }
        System.out.printf(
                "%s, %d classes, %dx%d: largest score %.4f, largest difference %.2e, %d of %d labels differ%n",
                variant, classes, picture.width(), picture.height(), largest, difference, pixels - same, pixels);
        assertThat(scores.remaining()).isEqualTo(expected.remaining());
        assertThat(difference).isLessThan(1e-4f * largest);
        assertThat((double) same / pixels).isGreaterThanOrEqualTo(0.999);
    }

    private static ImportRequest request(Variant variant, int classes) {
        ClassSet classSet = new ClassSet(
                "test",
                IntStream.range(0, classes)
                        .mapToObj(id -> new LabelClass(id, "class" + id, id))
                        .toList(),
                255);
        return new ImportRequest(variant, classSet, Optional.of(PublishedPreprocessing.CAFFE_FCN), Optional.empty(), 1);
    }

    /** Scores of the model, {@code classes} x height x width of the picture. */
    private static FloatBuffer scores(Model model, RgbImage picture) {
        FeatureMaps data = FeatureMaps.allocate(1, 3, picture.height(), picture.width());
        model.description().preprocessing().apply(picture, picture.width(), picture.height(), data.values());
        RunnerOptions options = new RunnerOptions(Fcn.SCORE, Device.CPU, Precision.FP32, 2);
        EngineProvider engine = Engines.installed().named("onnxruntime");
        try (NetworkRunner runner = engine.load(model.description().network(), model.weights(), options)) {
            FeatureMaps scores =
                    FeatureMaps.allocate(1, model.description().classes().size(), picture.height(), picture.width());
            runner.run(data, scores);
            return scores.values();
        }
    }

    private static int best(FloatBuffer scores, int pixel, int pixels) {
        int best = 0;
        for (int c = 1; c * pixels + pixel < scores.limit(); c++) {
            if (scores.get(c * pixels + pixel) > scores.get(best * pixels + pixel)) {
                best = c;
            }
        }
        return best;
    }
}
