package io.fcnspark.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.exports.LabelFormats;
import io.fcnspark.labelling.Fixtures;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.shards.ShardWriter;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipFile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labelled images, some of them uncertain, and one that could not be read. */
class ExportMasksTest {
    private static final ClassSet CLASSES = new ClassSet(
            "street",
            List.of(
                    new LabelClass(0, "road", 0x804080),
                    new LabelClass(1, "sky", 0x4682b4),
                    new LabelClass(2, "car", 0x8e)),
            255);

    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    private Path images;

    @BeforeEach
    void output() {
        images = root.resolve("images with blanks");
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Path image = Fixtures.picture(images.resolve((i % 2 == 0 ? "north/" : "south/") + i + ".png"), 5, 4, i);
            rows.add(row(image, mask(i), i / 10f, "street@0123456789ab"));
        }
        rows.add(row(images.resolve("north/broken.png"), null, 0, "street@0123456789ab"));
        append(rows);
    }

    private void append(List<Row> rows) {
        MaskTable.under(spark, root.resolve("labelled").toString())
                .append(spark.createDataFrame(rows, MasksSchema.SCHEMA));
    }

    /** Class 2 is only in the masks of even images. */
    private static Mask mask(int i) {
        char[] labels = new char[20];
        for (int j = 0; j < labels.length; j++) {
            labels[j] = (char) (j < 4 + i ? 1 : j == 19 && i % 2 == 0 ? 2 : 0);
        }
        return new Mask(5, 4, labels);
    }

    private static Row row(Path image, Mask mask, float confidence, String model) {
        return row("file:" + image, mask, confidence, model);
    }

    private static Row row(String image, Mask mask, float confidence, String model) {
        Row[] classes = mask == null
                ? null
                : mask.pixelsByLabel().entrySet().stream()
                        .map(entry -> RowFactory.create(
                                entry.getKey(), CLASSES.names().get(entry.getKey()), entry.getValue(), confidence))
                        .toArray(Row[]::new);
        return RowFactory.create(
                image,
                new Timestamp(0),
                1L,
                mask == null ? null : mask.height(),
                mask == null ? null : mask.width(),
                mask == null ? null : MaskPng.encode(mask, CLASSES.size()),
                classes,
                mask == null ? null : confidence,
                mask == null ? null : 0.1f,
                null,
                null,
                mask == null ? RowFactory.create("not-an-image", "no image") : null,
                model,
                "dl4j",
                "fp32",
                "night-1",
                Date.valueOf("2026-01-31"),
                new Timestamp(1000));
    }

    private ExportMasks export(String format) {
        return FcnActions.on(spark)
                .exportMasks()
                .masks(root.resolve("labelled").toString())
                .output(root.resolve(format).toString())
                .format(format)
                .classes(CLASSES);
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(root.resolve(file).toFile());
    }

    @Test
    void vocIsReadBackAsTheMasks() throws Exception {
        ExportResult report = export("voc").images(ExportMasks.Images.COPY).execute();

        assertThat(report.images()).isEqualTo(6);
        assertThat(report.withoutMask()).isEqualTo(1);
        assertThat(report.missing()).isZero();
        List<String> names = Files.readAllLines(root.resolve("voc/ImageSets/Segmentation/default.txt"));
        assertThat(names).containsExactly("north/0", "north/2", "north/4", "south/1", "south/3", "south/5");
        for (String name : names) {
            int i = name.charAt(name.length() - 1) - '0';
            assertThat(MaskPng.decode(Files.readAllBytes(root.resolve("voc/SegmentationClass/" + name + ".png"))))
                    .isEqualTo(mask(i));
            assertThat(root.resolve("voc/JPEGImages/" + name + ".png"))
                    .hasSameBinaryContentAs(images.resolve(name + ".png"));
        }
    }

    @Test
    void cvatsZipHoldsTheSame() throws Exception {
        assertThat(export("cvat").execute().documents()).containsExactly("annotations.zip");
        try (ZipFile zip = new ZipFile(root.resolve("cvat/annotations.zip").toFile())) {
            assertThat(zip.getInputStream(zip.getEntry("labelmap.txt")))
                    .asString(StandardCharsets.UTF_8)
                    .contains("car:0,0,142::");
            assertThat(zip.getEntry("ImageSets/Segmentation/default.txt")).isNotNull();
            assertThat(MaskPng.decode(zip.getInputStream(zip.getEntry("SegmentationClass/south/3.png"))
                            .readAllBytes()))
                    .isEqualTo(mask(3));
            assertThat(zip.size()).isEqualTo(8);
        }
    }

    @Test
    void uncertainImagesAloneGoToLabelStudioWithTheirPlaces() throws Exception {
        export("label-studio").where("mean_confidence < 0.25").execute();
        JsonNode tasks = json("label-studio/tasks.json");
        assertThat(tasks.findValuesAsText("score")).hasSize(3);
        assertThat(tasks.at("/0/data/image").textValue())
                .startsWith("/data/local-files/?d=")
                .endsWith("images%20with%20blanks/north/0.png");
        assertThat(root.resolve("label-studio/labels.xml")).content().contains("\"#4682b4\"");
    }

    @Test
    void copiesThatFailAreCountedAndTheirLabelsKept() throws Exception {
        Files.delete(images.resolve("south/3.png"));
        ExportResult report =
                export("label-studio").images(ExportMasks.Images.COPY).execute();
        assertThat(report.missing()).isEqualTo(1);
        JsonNode tasks = json("label-studio/tasks.json");
        assertThat(tasks).hasSize(6);
        assertThat(tasks.at("/0/data/image").textValue()).isEqualTo("/data/local-files/?d=images/north/0.png");
        assertThat(root.resolve("label-studio/images/north/0.png")).exists();
    }

    @Test
    void numbersAreGaplessOverManyPartitions() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            rows.add(row(images.resolve("many/%04d.png".formatted(i)), mask(i % 6), 0.9f, "street@0123456789ab"));
        }
        append(rows);
        ExportResult report =
                export("coco-stuff").where("image LIKE '%/many/%'").execute();
        assertThat(report.images()).isEqualTo(2500);
        JsonNode document = json("coco-stuff/annotations/stuff_default.json");
        List<JsonNode> listed = new ArrayList<>();
        document.get("images").forEach(listed::add);
        for (int i = 0; i < 2500; i++) {
            assertThat(listed.get(i).get("id").intValue()).isEqualTo(i + 1);
            assertThat(listed.get(i).get("file_name").textValue()).isEqualTo("%04d.png".formatted(i));
        }
        List<String> ids = document.get("annotations").findValuesAsText("id");
        assertThat(new TreeSet<>(ids)).hasSameSizeAs(ids);
    }

    @Test
    void classesComeFromTheMasksWhereNoneAreGiven() throws Exception {
        FcnActions.on(spark)
                .exportMasks()
                .masks(root.resolve("labelled").toString())
                .output(root.resolve("coco").toString())
                .format("coco-panoptic")
                .where("image LIKE '%/south/%'")
                .execute();
        assertThat(json("coco/annotations/panoptic_default.json")
                        .get("categories")
                        .findValuesAsText("name"))
                .containsExactly("road", "sky");
    }

    private static final List<String> SHARDS = List.of("s0.tar", "s1.tar.gz");

    /** Two shards, one of them compressed, with entries that need not be in the order of their names. */
    private void appendShards(String... names) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < SHARDS.size(); i++) {
            Path shard = Files.createDirectories(root.resolve("shards")).resolve(SHARDS.get(i));
            OutputStream file = Files.newOutputStream(shard);
            try (ShardWriter writer = new ShardWriter(i == 0 ? file : new GZIPOutputStream(file))) {
                for (String name : names) {
                    writer.add(name, content(i, name));
                    rows.add(row("file:" + shard + "!/" + name, mask(i), 0.5f, "street@0123456789ab"));
                }
            }
        }
        append(rows);
    }

    private static byte[] content(int shard, String name) {
        return (shard + name).repeat(1000).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void imagesInShardsAreCopiedInEveryFormat() throws Exception {
        appendShards("c.jpg", "day.1/b.png", "day.1/a.png");
        for (String format : LabelFormats.names()) {
            ExportResult report = export(format)
                    .where("image LIKE '%!/%'")
                    .images(ExportMasks.Images.COPY)
                    .execute();
            assertThat(report)
                    .extracting(ExportResult::images, ExportResult::missing)
                    .containsExactly(6L, 0L);
            Path copies = root.resolve(format).resolve(format.equals("voc") ? "JPEGImages" : "images");
            for (int i = 0; i < SHARDS.size(); i++) {
                for (String name : List.of("c.jpg", "day.1/a.png", "day.1/b.png")) {
                    assertThat(copies.resolve(SHARDS.get(i)).resolve(name)).hasBinaryContent(content(i, name));
                }
            }
        }
        assertThat(root.resolve("voc/SegmentationClass/s1.tar.gz/day.1/b.png")).exists();
        assertThat(json("label-studio/tasks.json").at("/0/data/image").textValue())
                .isEqualTo("/data/local-files/?d=images/s0.tar/c.jpg");
    }

    @Test
    void imagesThatAnnotatorsCouldNotOpenHaveToBeCopied() throws Exception {
        appendShards("a.jpg");
        assertThatThrownBy(
                        () -> export("label-studio").where("image LIKE '%!/%'").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("a.jpg is in a tar shard")
                .hasMessageContaining("copy the images");
        assertThat(export("coco-stuff").where("image LIKE '%!/%'").execute().images())
                .isEqualTo(2);
    }

    @Test
    void entriesWhoseNamesLeadOutOfTheExportAreRefused() throws Exception {
        appendShards("../../../a.jpg");
        assertThatThrownBy(() -> export("voc").where("image LIKE '%!/%'").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("../../../a.jpg leads out of the export");
        assertThat(root.resolve("voc")).doesNotExist();
    }

    @Test
    void whatCannotBeExportedIsExplainedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> export("voc").where("mean_confidence > 2").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no masks for which mean_confidence > 2");
        ClassSet others =
                new ClassSet("others", List.of(new LabelClass(0, "road", 1), new LabelClass(1, "sea", 2)), 255);
        assertThatThrownBy(() -> export("voc").classes(others).execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("'sky'")
                .hasMessageContaining("'sea'");
        append(List.of(row(images.resolve("north/0.jpg"), mask(0), 0.5f, "street@0123456789ab")));
        assertThatThrownBy(() -> export("voc").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("north/0.jpg")
                .hasMessageContaining("north/0.png");
        append(List.of(row(images.resolve("north/0.png"), mask(0), 0.5f, "other@0123456789ab")));
        assertThatThrownBy(() -> export("voc").execute())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("by a condition");
        assertThat(root.resolve("voc")).doesNotExist();

        Fixtures.write(root.resolve("voc/something"), new byte[1]);
        assertThatThrownBy(() -> export("voc").where("image LIKE '%/south/%'").execute())
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("holds something");
    }

    @Test
    void aNameWithAColonIsExportedAndCopied() throws Exception {
        Path image = Fixtures.picture(images.resolve("north/05:00:00.png"), 5, 4, 9);
        append(List.of(row(image, mask(1), 0.5f, "street@0123456789ab")));
        Path output = root.resolve("voc");
        FcnActions.on(spark)
                .exportMasks()
                .masks(root.resolve("labelled").toString())
                .output(output.toString())
                .format("voc")
                .images(ExportMasks.Images.COPY)
                .execute();
        assertThat(output.resolve("SegmentationClass/north/05:00:00.png")).exists();
        assertThat(output.resolve("JPEGImages/north/05:00:00.png")).hasSameBinaryContentAs(image);
    }

    @Test
    void aNameThatCannotStandInAListIsRefused() {
        for (String name : List.of("new\nline.png", "#1.png", " blank.png", "blank .png", "blank.png ")) {
            Path folder = root.resolve("odd").resolve(Integer.toString(name.hashCode()));
            MaskTable.under(spark, folder.toString())
                    .append(spark.createDataFrame(
                            List.of(
                                    row("file:/photos/" + name, mask(1), 0.5f, "street@0123456789ab"),
                                    row("file:/photos/good.png", mask(1), 0.5f, "street@0123456789ab")),
                            MasksSchema.SCHEMA));
            for (String format : List.of("voc", "cvat")) {
                assertThatThrownBy(() -> FcnActions.on(spark)
                                .exportMasks()
                                .masks(folder.toString())
                                .output(folder.resolve(format).toString())
                                .format(format)
                                .execute())
                        .as(name)
                        .isInstanceOf(BadInputException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("list of names");
            }
        }
    }
}
