package io.fcnspark.spark.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.CocoRle;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.Palettes;
import io.fcnspark.spark.SharedSpark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionsTest {
    private static final SparkSession SPARK = SharedSpark.session();
    private static final Mask MASK = new Mask(4, 3, new char[] {0, 1, 1, 0, 0, 1, 1, 0, 5, 0, 0, 300});

    /** Nine masks that differ, and a row of nulls. */
    @BeforeAll
    static void tables() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            char[] labels = MASK.labels().clone();
            labels[i] = (char) (i + 10);
            rows.add(RowFactory.create(
                    i, MaskPng.encode(new Mask(4, 3, labels), 301), MaskPng.encode(MASK, 301), (short) 1, (long) i));
        }
        rows.add(RowFactory.create(9, null, null, null, null));
        // Rows of a local relation would be computed by the optimiser, on the driver.
        SPARK.createDataFrame(
                        new JavaSparkContext(SPARK.sparkContext()).parallelize(rows, 2),
                        new StructType()
                                .add("i", DataTypes.IntegerType)
                                .add("mask", DataTypes.BinaryType)
                                .add("other", DataTypes.BinaryType)
                                .add("small", DataTypes.ShortType)
                                .add("big", DataTypes.LongType))
                .createOrReplaceTempView("ten");
    }

    private static Row only(String query) {
        List<Row> rows = SPARK.sql(query).collectAsList();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder("X'");
        for (byte b : bytes) {
            hex.append("%02X".formatted(b));
        }
        return hex.append("'").toString();
    }

    private static String mask() {
        return hex(MaskPng.encode(MASK, 301));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyFunctionGivesWhatThePlainCodeGivesCompiledAndInterpreted(boolean compiled) {
        SPARK.conf().set("spark.sql.codegen.wholeStage", compiled);
        SPARK.conf().set("spark.sql.codegen.factoryMode", compiled ? "CODEGEN_ONLY" : "NO_CODEGEN");
        try {
            Row row =
                    only("SELECT mask_pixels(other), mask_at(other, 3, 2), mask_bbox(other, small), mask_rle(other, 1),"
                            + " mask_polygons(other, 1), mask_confusion(other, mask, 300),"
                            + " mask_from_rle(transform(map_keys(mask_pixels(mask)), c -> struct(c, mask_rle(mask, c)))) = mask,"
                            + " mask_at(other, 4, 0) IS NULL, mask_bbox(other, 77) IS NULL, mask_polygons(other, 77)"
                            + " FROM ten WHERE i = 7");
            assertThat(row.getJavaMap(0)).isEqualTo(Map.of(0, 6L, 1, 4L, 5, 1L, 300, 1L));
            assertThat(row.getInt(1)).isEqualTo(300);
            assertThat(row.getStruct(2)).isEqualTo(RowFactory.create(1, 0, 2, 2));
            assertThat(row.getStruct(3).getList(0)).isEqualTo(List.of(3, 4));
            assertThat(row.getStruct(3).getString(1))
                    .isEqualTo(CocoRle.of(MASK, 1).counts());
            assertThat(row.getList(4))
                    .hasToString("[ArraySeq(1, 0, 3, 0, 3, 2, 1, 2)]".replace("ArraySeq", prefix(row)));
            assertThat(row.getList(5))
                    .isEqualTo(List.of(
                            RowFactory.create(0, 0, 5L),
                            RowFactory.create(0, 17, 1L),
                            RowFactory.create(1, 1, 4L),
                            RowFactory.create(5, 5, 1L)));
            assertThat(row.getBoolean(6)).isTrue();
            assertThat(row.getBoolean(7)).isTrue();
            assertThat(row.getBoolean(8)).isTrue();
            assertThat(row.getList(9)).isEmpty();
        } finally {
            SPARK.conf().unset("spark.sql.codegen.wholeStage");
            SPARK.conf().unset("spark.sql.codegen.factoryMode");
        }
    }

    private static String prefix(Row row) {
        String text = row.getList(4).toString();
        return text.substring(1, text.indexOf('('));
    }

    @Test
    void theOverlayIsTheMeanOfPixelAndColour() throws Exception {
        byte[] rgb = new byte[3 * 12];
        new Random(1).nextBytes(rgb);
        Row row =
                only("SELECT mask_overlay(%s, %s)".formatted(hex(PngEncoder.encode(new RgbImage(4, 3, rgb))), mask()));
        RgbImage overlay = new ImageDecoder(100).decode(row.getAs(0));
        for (int i = 0; i < rgb.length; i++) {
            int colour = Palettes.voc(MASK.labels()[i / 3]) >> (16 - 8 * (i % 3));
            assertThat(overlay.rgb()[i] & 0xff).isEqualTo(((rgb[i] & 0xff) + (colour & 0xff) + 1) / 2);
        }
    }

    /** A few bytes that announce a hundred times more pixels than a photograph has. */
    @Test
    void theOverlayRefusesABombByItsHeader() {
        byte[] bomb = PngEncoder.encodeGrey(1, 1, new byte[1]);
        ByteBuffer.wrap(bomb).putInt(16, 40_000).putInt(20, 40_000);
        CRC32 crc = new CRC32();
        crc.update(bomb, 12, 17);
        ByteBuffer.wrap(bomb).putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> only("SELECT mask_overlay(%s, %s)".formatted(hex(bomb), mask())))
                .hasMessageContaining(
                        "mask_overlay: argument 'image': PNG of 40000x40000 = 1600000000 pixels: the limit is 100000000");
    }

    @ParameterizedTest
    @EnumSource(MaskFunction.class)
    void nullForAnyArgumentGivesNull(MaskFunction function) {
        for (int i = 0; i < function.parameters().size(); i++) {
            List<String> arguments = new ArrayList<>();
            for (FunctionParameter parameter : function.parameters()) {
                arguments.add(
                        switch (parameter.type().sql()) {
                            case "BINARY" -> mask();
                            case "INT" -> "1";
                            case "ARRAY<STRING>" -> "array('#102030')";
                            default -> "array(struct(1, mask_rle(%s, 1)))".formatted(mask());
                        });
            }
            arguments.set(i, "NULL");
            assertThat(only("SELECT %s(%s)".formatted(function.sqlName(), String.join(", ", arguments)))
                            .isNullAt(0))
                    .isTrue();
        }
        assertThat(SPARK.sql("SELECT mask_pixels(mask) IS NULL, mask_at(mask, 0, 0) IS NULL FROM ten WHERE i = 9")
                        .first())
                .isEqualTo(RowFactory.create(true, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mask_pixels('text'); mask_pixels: argument 1, 'mask', is of type STRING: expected BINARY",
                "mask_at(mask, 1.5, 0); mask_at: argument 2, 'x', is of type DECIMAL(2,1): expected INT",
                "mask_bbox(mask, big); mask_bbox: argument 2, 'class', is of type BIGINT: expected INT",
                "mask_from_rle(mask); mask_from_rle: argument 1, 'segments', is of type BINARY: expected ARRAY<STRUCT<",
                "segmentation_metrics(mask); segmentation_metrics: argument 1, 'confusion', is of type BINARY: expected ARRAY<",
                "mask_rle(mask); mask_rle",
                "segmentation_metrics(); segmentation_metrics",
            })
    void wrongTypesAndCountsAreFoundBeforeAnyRowIsRead(String call, String message) {
        assertThatThrownBy(() -> SPARK.sql("SELECT %s FROM ten".formatted(call)))
                .isInstanceOf(AnalysisException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mask_pixels(X'00'); mask_pixels: argument 'mask': 1 bytes that are neither",
                "mask_at(other, -1, i); mask_at: argument 'x': -1: expected 0 to 2147483647",
                "mask_rle(other, 65535); mask_rle: argument 'class': 65535: expected 0 to 65534",
                "mask_confusion(other, other, 65536); mask_confusion: argument 'ignore': 65536: expected 0 to 65535",
                "mask_overlay(X'FFFF', other); mask_overlay: argument 'image': 2 bytes that are neither",
                "mask_confusion(other, mask_from_rle(array(struct(1, struct(array(1, 2), '2')))), i); "
                        + "mask_confusion: the truth has 4x3 pixels, the predicted mask 2x1: expected the same size",
                "mask_overlay(mask_from_rle(array(struct(1, struct(array(1, 2), '2')))), other); "
                        + "mask_overlay: the image has 2x1 pixels, the mask 4x3: expected the same size",
                "mask_from_rle(array(struct(i, struct(array(1, 2), '3')))); mask_from_rle: argument 'segments': entry 0: the"
                        + " counts add up to 3 pixels",
                "mask_from_rle(array(struct(i, struct(array(1, 2), '2')), struct(1 AS i, struct(array(2, 1), '2')))); mask_from_rle:"
                        + " argument 'segments': entry 1 is of size [2, 1], those before of [1, 2]",
                "mask_from_rle(array(struct(i, struct(array(1), '2')))); mask_from_rle: argument 'segments': entry 0 has no"
                        + " size of two numbers",
                "mask_from_rle(array(struct(i, struct(array(1, NULL), '2')))); mask_from_rle: argument 'segments': entry 0 has no"
                        + " size of two numbers",
                "segmentation_metrics(array(struct(i, nullif(i, i), 3L))); segmentation_metrics: argument 'confusion': entry 0"
                        + " has a null",
                "segmentation_metrics(array(struct(i, -1, 3L))); segmentation_metrics: argument 'confusion': confusion of truth",
                "segmentation_metrics(array(struct(i + 65535, 1, 3L))); segmentation_metrics: argument 'confusion': class 655",
            })
    void badValuesNameFunctionAndArgument(String call, String message) {
        assertThatThrownBy(() -> SPARK.sql("SELECT %s FROM ten WHERE i < 9".formatted(call))
                        .collectAsList())
                .hasRootCauseInstanceOf(rootCause(message))
                .hasStackTraceContaining(message)
                .hasStackTraceContaining(FunctionException.class.getName());
    }

    /** Where plain code found the problem its exception is the cause. */
    private static Class<? extends Throwable> rootCause(String message) {
        if (message.contains("bytes that are neither")) {
            return io.fcnspark.image.ImageException.class;
        }
        return message.contains("same size") || message.contains("add up") || message.startsWith("segmentation_metrics")
                ? IllegalArgumentException.class
                : FunctionException.class;
    }

    @Test
    void segmentsWithoutClassOrPixelsAreLeftOutAndNoneGiveNull() {
        assertThat(only("SELECT mask_from_rle(array()) IS NULL, mask_from_rle(array(NULL)) IS NULL,"
                        + " mask_pixels(mask_from_rle(array(struct(NULL, struct(array(1, 2), '2')),"
                        + " struct(3, struct(array(1, 2), '02')), NULL)))"))
                .satisfies(row -> {
                    assertThat(row.getBoolean(0)).isTrue();
                    assertThat(row.getBoolean(1)).isTrue();
                    assertThat(row.getJavaMap(2)).isEqualTo(Map.of(3, 2L));
                });
    }

    @Test
    void aRowsMaskIsDecodedOnceForAllFunctionsOfAQuery() {
        long before = DecodedMasks.DECODED.sum();
        assertThat(SPARK.sql(
                                "SELECT mask_pixels(mask), mask_at(mask, 0, 0), mask_rle(mask, 1), mask_polygons(mask, 1),"
                                        + " mask_bbox(mask, 1) FROM ten WHERE mask_at(mask, 1, 1) < 99 AND mask_at(mask, 0, 1) < 99")
                        .collectAsList())
                .hasSize(9);
        assertThat(DecodedMasks.DECODED.sum() - before).isEqualTo(9);
    }

    @Test
    void truthAndPredictionAreDecodedOnceEach() {
        // In one partition, the other mask, which is the same in all rows, is decoded once.
        long before = DecodedMasks.DECODED.sum();
        assertThat(SPARK.sql("SELECT mask_confusion(mask, other, 0), mask_confusion(mask, other, 300),"
                                + " mask_pixels(mask), mask_pixels(other) FROM ten WHERE i < 9")
                        .coalesce(1)
                        .collectAsList())
                .hasSize(9);
        assertThat(DecodedMasks.DECODED.sum() - before).isEqualTo(9 + 1);
    }

    @Test
    void anOverlayHasTheColoursOfThePalette() throws Exception {
        byte[] rgb = new byte[3 * 12];
        new Random(2).nextBytes(rgb);
        String image = hex(PngEncoder.encode(new RgbImage(4, 3, rgb)));
        Row row = only("SELECT mask_overlay(%s, %s, array('#112233', NULL))".formatted(image, mask()));
        RgbImage overlay = new ImageDecoder(100).decode(row.getAs(0));
        for (int i = 0; i < rgb.length; i++) {
            int colour = 0x112233 >> (16 - 8 * (i % 3));
            assertThat(overlay.rgb()[i] & 0xff)
                    .isEqualTo(MASK.labels()[i / 3] == 0 ? ((rgb[i] & 0xff) + (colour & 0xff) + 1) / 2 : rgb[i] & 0xff);
        }
        assertThat(only("SELECT mask_overlay(%s, %s, NULL)".formatted(image, mask()))
                        .isNullAt(0))
                .isTrue();
        assertThatThrownBy(() -> only("SELECT mask_overlay(%s, %s, array('red'))".formatted(image, mask())))
                .hasStackTraceContaining(
                        "mask_overlay: argument 'palette': entry 0 is 'red': expected a colour #RRGGBB");
    }

    @Test
    void aFunctionIsDescribedByItsNameWithAnExampleThatRuns() {
        SPARK.sql("SELECT image, mask, mask AS truth, mask AS content, 3 AS width, 2 AS height, 'm' AS model, "
                        + "mask_confusion(mask, mask, 255) AS confusion FROM (SELECT 'a' AS image, %s AS mask)"
                                .formatted(mask()))
                .createOrReplaceTempView("masks");
        for (String function : Stream.concat(
                        Stream.of(MaskFunction.values()).map(MaskFunction::sqlName),
                        Stream.of(SegmentationMetricsAggregate.NAME))
                .toList()) {
            List<String> lines = SPARK.sql("DESCRIBE FUNCTION EXTENDED " + function)
                    .as(Encoders.STRING())
                    .collectAsList();
            assertThat(lines.get(0)).isEqualTo("Function: " + function);
            String query = lines.stream()
                    .flatMap(String::lines)
                    .map(String::strip)
                    .filter(line -> line.startsWith("> "))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("^> |;$", "");
            assertThat(query).contains(function + "(");
            assertThat(SPARK.sql(query).collectAsList()).hasSize(1);
        }
    }

    @Test
    void columnsAreNamedAsWrittenAndFunctionsDescribed() {
        assertThat(SPARK.sql("SELECT mask_at(mask, 1, 2) FROM ten").columns()).containsExactly("mask_at(mask, 1, 2)");
        assertThat(SPARK.sql("DESCRIBE FUNCTION mask_at").collectAsList().toString())
                .contains("mask_at(mask, x, y) - Class of the pixel at column x and row y");
        assertThat(SPARK.sql("SHOW FUNCTIONS LIKE 'segmentation_metrics'").collectAsList())
                .hasSize(1);
    }

    @Test
    void callsThatDifferInAnArgumentAreNotTakenForOne() {
        assertThat(
                        only(
                                "SELECT count(DISTINCT mask_at(mask, 0, 0)), max(mask_at(mask, 0, 0)), max(mask_at(mask, 1, 0)) FROM ten"))
                .isEqualTo(RowFactory.create(2L, 10, 11));
    }
}
