package io.fcnspark.weights.formats;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Variant;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** The files that {@code write_weights.py} wrote, and what they hold. */
final class WeightFixtures {
    private WeightFixtures() {}

    static Path file(String name) {
        URL url = WeightFixtures.class.getResource(name);
        if (url == null) {
            throw new IllegalArgumentException("no resource " + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** {@code value()} of the script: the values of a tensor of the network, in OIHW order. */
    static float[] values(String name, int count) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            long mixed = (i * 2654435761L + crc.getValue()) & 0xffffffffL;
            mixed = ((mixed ^ (mixed >> 15)) * 2246822519L) & 0xffffffffL;
            values[i] = (float) ((mixed >> 8) / 0x1p24 - 0.5);
        }
        return values;
    }

    static ClassSet classes(int count) {
        return new ClassSet(
                "test",
                IntStream.range(0, count)
                        .mapToObj(id -> new LabelClass(id, "class" + id, id))
                        .toList(),
                255);
    }

    /** A request for two classes that leaves nothing open but the preprocessing. */
    static ImportRequest unprocessed(Variant variant) {
        return new ImportRequest(variant, classes(2), Optional.empty(), Optional.empty(), 1);
    }

    static ImportRequest request(Variant variant) {
        return new ImportRequest(variant, classes(2), Optional.of(PublishedPreprocessing.CAFFE), Optional.empty(), 1);
    }

    /** Names of the VGG16 parameters that a classifier gives. */
    static List<String> classifierLayers() {
        return List.of(
                "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3", "conv4_1", "conv4_2",
                "conv4_3", "conv5_1", "conv5_2", "conv5_3", "fc6", "fc7");
    }
}
