package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.labels.Mask;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Contours, distances, calibration and percentiles against SciPy, scikit-image and NumPy. */
class EvaluationOracleTest {
    private static final Offset<Double> EXACT = within(1e-12);

    private static JsonNode oracle;
    private static int numClasses;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in = EvaluationOracleTest.class.getResourceAsStream("evaluation_oracle.json")) {
            oracle = new ObjectMapper().readTree(in);
        }
        numClasses = oracle.get("classes").asInt();
    }

    private static Mask mask(JsonNode image, String key) {
        String labels = image.get(key).asText();
        char[] ids = new char[labels.length()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = labels.charAt(i) == '.' ? (char) Mask.IGNORE : (char) (labels.charAt(i) - '0');
        }
        return new Mask(image.get("width").asInt(), image.get("height").asInt(), ids);
    }

    @Test
    void boundaryF1AgreesWithSciPy() {
        BoundaryState state = BoundaryState.zero(numClasses);
        for (JsonNode image : oracle.get("images")) {
            List<BoundaryF1> values = BoundaryF1.of(numClasses, mask(image, "truth"), mask(image, "predicted"));
            Map<String, Double> actual = new TreeMap<>();
            values.forEach(f1 -> actual.put(Integer.toString(f1.classId()), f1.value()));
            assertThat(actual.keySet())
                    .containsExactlyElementsOf(() -> image.get("boundary_f1").fieldNames());
            actual.forEach((id, f1) -> assertThat(f1)
                    .as("class %s", id)
                    .isCloseTo(image.get("boundary_f1").get(id).doubleValue(), EXACT));
            state = state.plus(BoundaryState.ofImage(numClasses, values));
        }
        assertThat(state.mean().orElseThrow())
                .isCloseTo(oracle.get("mean_boundary_f1").doubleValue(), within(1e-9));
        assertThat(state.ofClass(5)).isEmpty();
    }

    @Test
    void expectedCalibrationErrorAgreesWithNumPy() {
        Reliability sum = Reliability.zero();
        for (JsonNode image : oracle.get("images")) {
            byte[] bytes = HexFormat.of().parseHex(image.get("confidence").asText());
            char[] confidence = new char[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                confidence[i] = (char) (bytes[i] & 0xff);
            }
            sum = sum.plus(Reliability.of(mask(image, "truth"), mask(image, "predicted"), confidence));
        }
        List<Long> pixels = new ArrayList<>();
        oracle.get("bin_pixels").forEach(n -> pixels.add(n.asLong()));
        assertThat(sum.bins().stream().map(Reliability.Bin::pixels)).containsExactlyElementsOf(pixels);
        assertThat(sum.expectedCalibrationError().orElseThrow())
                .isCloseTo(oracle.get("expected_calibration_error").doubleValue(), EXACT);
    }

    @Test
    void squaredDistancesAgreeWithSciPy() {
        JsonNode points = oracle.get("points");
        String text = points.get("set").asText();
        boolean[] set = new boolean[text.length()];
        for (int i = 0; i < set.length; i++) {
            set[i] = text.charAt(i) == '#';
        }
        int[] squared = DistanceTransform.squared(
                points.get("width").asInt(), points.get("height").asInt(), set);
        List<Integer> expected = new ArrayList<>();
        points.get("squared").forEach(d -> expected.add(d.asInt()));
        assertThat(squared)
                .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    void percentilesAgreeWithNumPy() {
        JsonNode percentiles = oracle.get("percentiles");
        List<Double> values = new ArrayList<>();
        percentiles.get("values").forEach(v -> values.add(v.asDouble()));
        Interval interval = Interval.of(
                        values.stream().mapToDouble(Double::doubleValue).toArray())
                .orElseThrow();
        assertThat(interval.low()).isCloseTo(percentiles.get("low").asDouble(), EXACT);
        assertThat(interval.high()).isCloseTo(percentiles.get("high").asDouble(), EXACT);
    }
}
