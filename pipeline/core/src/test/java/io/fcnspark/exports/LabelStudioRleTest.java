package io.fcnspark.exports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.labels.Mask;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against label-studio-converter; {@code label_studio_vectors.py} tells how the vectors were made. */
class LabelStudioRleTest {
    static Stream<JsonNode> vectors() throws IOException {
        try (InputStream in = LabelStudioRleTest.class.getResourceAsStream("label_studio_vectors.json")) {
            return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false);
        }
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("vectors")
    void isWhatLabelStudioWrites(JsonNode vector) {
        Mask mask = mask(vector);
        for (int classId = 0; classId < vector.get("rle").size(); classId++) {
            List<Integer> expected = new ArrayList<>();
            vector.get("rle").get(classId).forEach(value -> expected.add(value.intValue()));
            byte[] encoded = LabelStudioRle.of(mask, classId);
            // It adds a whole byte of padding where none is needed.
            if (expected.size() > encoded.length) {
                assertThat(expected).last().isEqualTo(0);
                expected.remove(expected.size() - 1);
            }
            assertThat(unsigned(encoded)).isEqualTo(expected);
        }
    }

    private static Mask mask(JsonNode vector) {
        int height = vector.get("height").intValue();
        int width = vector.get("width").intValue();
        char[] labels = new char[height * width];
        int at = 0;
        for (JsonNode run : vector.get("runs")) {
            int end = at + run.get(0).intValue();
            Arrays.fill(labels, at, end, (char) run.get(1).intValue());
            at = end;
        }
        return new Mask(width, height, labels);
    }

    private static List<Integer> unsigned(byte[] bytes) {
        List<Integer> values = new ArrayList<>();
        for (byte b : bytes) {
            values.add(b & 0xff);
        }
        return values;
    }
}
