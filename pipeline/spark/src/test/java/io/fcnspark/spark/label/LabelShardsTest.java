package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.pack.PackImages;
import io.fcnspark.spark.pack.PackImages.Existing;
import io.fcnspark.spark.pack.PackReport;
import io.fcnspark.spark.report.ReportMasks;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images packed into tar shards, and labelled from there. */
class LabelShardsTest {
    private static final LabelConvention PLAIN = LabelConvention.plain(Fixtures.CLASSES);
    private static final int IMAGES = 10;

    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    private Path images;
    private Path truth;
    private Path shards;
    private Path model;

    @BeforeEach
    void pictures() {
        images = root.resolve("images");
        truth = root.resolve("labels");
        shards = root.resolve("shards");
        model = Fixtures.model(root.resolve("model"), 1);
        for (int i = 0; i < IMAGES; i++) {
            // Dots, and endings of both kinds, which must not be taken for parts of one sample.
            String name = i < 2 ? "day.1/v1.2" : "day.%d/picture%d".formatted(i % 3, i);
            String ending = i % 2 == 0 ? ".jpg" : ".png";
            Fixtures.picture(images.resolve(name + ending), 32 + i / 2, 32, i);
            Fixtures.truth(truth.resolve(name + ".png"), 32 + i / 2, 32, 100 + i);
        }
    }

    private LabelImages label(Path input, String output) {
        return LabelImages.on(spark)
                .inputs(List.of(input.toString()))
                .model(model.toString())
                .output(root.resolve(output).toString())
                .engine("onnxruntime", "cpu", "fp32");
    }

    private PackImages pack(Path output) {
        return PackImages.on(spark)
                .inputs(List.of(images.toString()))
                .truth(truth.toString(), PLAIN)
                .output(output.toString())
                .shardImages(4);
    }

    /** Every row by what comes after the last slash; no image may have two of the same time. */
    private Map<String, Row> rows(String output) {
        Map<String, Row> byName = new HashMap<>();
        for (Row row :
                MaskTable.under(spark, root.resolve(output).toString()).rows().collectAsList()) {
            String image = row.getAs(MasksSchema.IMAGE);
            assertThat(byName.put(image.substring(image.lastIndexOf('/') + 1), row))
                    .as("a second row of %s", image)
                    .isNull();
        }
        return byName;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.toString().endsWith(".crc"))
                    .sorted()
                    .toList();
        }
    }

    private static String code(Row row) {
        Row error = row.getAs(MasksSchema.ERROR);
        return error == null ? "" : error.getAs("code");
    }

    @Test
    void reportsShowThePicturesInShards() throws IOException {
        pack(shards).execute();
        label(shards, "out").execute();
        Path page = root.resolve("report.html");
        ReportMasks.on(spark)
                .masks(root.resolve("out").toString())
                .output(page.toString())
                .images(4)
                .execute();
        assertThat(Jsoup.parse(Files.readString(page)).select(".card figure[data-layer=image] img"))
                .hasSizeGreaterThanOrEqualTo(4)
                .hasSameSizeAs(Jsoup.parse(Files.readString(page)).select(".card"));
    }

    @Test
    void packedImagesGetTheSameMasksAndMetricsAsFiles() throws IOException {
        PackReport packed = pack(shards).execute();

        assertThat(packed).isEqualTo(new PackReport(IMAGES, IMAGES, 3, packed.bytes(), Map.of(), shards.toString()));
        assertThat(files(shards))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("shards-00000-of-00003.tar", "shards-00001-of-00003.tar", "shards-00002-of-00003.tar");
        assertThatThrownBy(() -> pack(shards).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--overwrite");
        Path again = root.resolve("again");
        pack(again).shardBytes(1).execute();
        assertThat(files(again)).hasSize(IMAGES);
        pack(again).shardImages(4).existing(Existing.REPLACE).execute();
        assertThat(files(again)).hasSize(3);
        for (Path shard : files(shards)) {
            assertThat(again.resolve(shard.getFileName())).hasSameBinaryContentAs(shard);
        }
        Path middle = shards.resolve("shards-00001-of-00003.tar");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(shards.resolve("middle.tar.gz")))) {
            Files.copy(middle, gzip);
        }
        Files.delete(middle);

        LabelReport fromFiles =
                label(images, "from-files").truth(truth.toString(), PLAIN).execute();
        LabelReport fromShards =
                label(shards, "from-shards").truthInShards(PLAIN).waveImages(5).execute();

        assertThat(fromShards.images()).isEqualTo(IMAGES);
        assertThat(fromShards.rejected()).isZero();
        Map<String, Row> expected = rows("from-files");
        Map<String, Row> actual = rows("from-shards");
        assertThat(actual).hasSize(IMAGES);
        for (Map.Entry<String, Row> image : actual.entrySet()) {
            String name = image.getKey().startsWith("v1%2E2")
                    ? "v1.2." + image.getKey().substring(image.getKey().length() - 3)
                    : image.getKey();
            Row file = expected.get(name);
            assertThat(file).as(name).isNotNull();
            for (String column : List.of(
                    MasksSchema.MASK, MasksSchema.IMAGE_BYTES, MasksSchema.CONFUSION, MasksSchema.MEAN_CONFIDENCE)) {
                assertThat(image.getValue().<Object>getAs(column))
                        .as("%s of %s", column, name)
                        .isEqualTo(file.<Object>getAs(column));
            }
            assertThat(image.getValue().<String>getAs(MasksSchema.IMAGE))
                    .startsWith("file:" + shards)
                    .contains("!/")
                    .endsWith("/" + image.getKey());
        }
        assertThat(fromShards.metrics()).isEqualTo(fromFiles.metrics());

        LabelReport nothingNew =
                label(shards, "from-shards").truthInShards(PLAIN).execute();
        assertThat(nothingNew.skipped()).isEqualTo(IMAGES);
        assertThat(nothingNew.done()).isZero();

        Files.setLastModifiedTime(
                shards.resolve("middle.tar.gz"), FileTime.from(Instant.parse("2026-01-31T05:00:00Z")));
        LabelReport changed = label(shards, "from-shards").truthInShards(PLAIN).execute();
        assertThat(changed.done()).isEqualTo(4);
        assertThat(changed.skipped()).isEqualTo(IMAGES - 4);

        // Truth of entries may lie in a folder as well.
        LabelReport fromFolder = label(shards.resolve("*.tar*"), "from-folder")
                .truth(truth.toString(), LabelConvention.plain(Fixtures.CLASSES))
                .execute();
        assertThat(fromFolder.rejectsByCode()).isEqualTo(Map.of("truth-missing", 2L));
    }

    @Test
    void truthThatNoShardHoldsIsAskedFor() {
        PackImages.on(spark)
                .inputs(List.of(images.toString()))
                .output(shards.toString())
                .execute();
        assertThatThrownBy(() -> label(shards, "out").truthInShards(PLAIN).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--truth");
    }

    @Test
    @Timeout(300)
    void damagedShardsAreRowsBesideWhatIsGoodInThem() throws IOException {
        PackImages.on(spark)
                .inputs(List.of(images.toString()))
                .output(shards.toString())
                .execute();
        Path whole = files(shards).get(0);
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(shards.resolve("cut.tar"), Arrays.copyOf(bytes, bytes.length * 2 / 3));
        Files.write(shards.resolve("text.tgz"), "no shard at all".getBytes(StandardCharsets.UTF_8));
        int mutated = 20;
        for (int seed = 0; seed < mutated; seed++) {
            Random random = new Random(seed);
            byte[] other = bytes.clone();
            for (int i = 0; i < 30; i++) {
                other[random.nextInt(other.length)] = (byte) random.nextInt();
            }
            Fixtures.write(shards.resolve("mutated%d/m.tar".formatted(seed)), other);
        }

        LabelReport report = label(shards, "out").execute();

        assertThat(report.unavailable()).isZero();
        List<Row> rows =
                MaskTable.under(spark, root.resolve("out").toString()).rows().collectAsList();
        assertThat(rows).hasSize((int) report.images());
        assertThat(rows).extracting(row -> row.<String>getAs(MasksSchema.IMAGE)).doesNotHaveDuplicates();
        assertThat(rows.stream().filter(row -> image(row).contains(whole + "!/")))
                .hasSize(IMAGES)
                .allMatch(row -> code(row).isEmpty());
        List<Row> ofCut =
                rows.stream().filter(row -> image(row).contains("/cut.tar")).toList();
        assertThat(ofCut).filteredOn(row -> code(row).isEmpty()).hasSizeBetween(4, IMAGES - 1);
        assertThat(ofCut)
                .filteredOn(row -> image(row).endsWith("/cut.tar"))
                .singleElement()
                .satisfies(row -> assertThat(row.<Row>getAs(MasksSchema.ERROR).<String>getAs("message"))
                        .contains("the shard is damaged; what comes before is labelled"));
        assertThat(rows)
                .filteredOn(row -> image(row).endsWith("/text.tgz"))
                .singleElement()
                .satisfies(row -> assertThat(code(row)).isEqualTo("truncated"));
        assertThat(label(shards, "out").execute().done()).isZero();
    }

    private static String image(Row row) {
        return row.getAs(MasksSchema.IMAGE);
    }
}
