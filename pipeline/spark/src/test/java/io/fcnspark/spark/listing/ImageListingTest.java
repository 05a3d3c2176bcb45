package io.fcnspark.spark.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.storage.StoredFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageListingTest {
    private final SparkSession spark = SharedSpark.session();

    @TempDir
    private Path root;

    @BeforeEach
    void files() throws IOException {
        for (String file : List.of(
                "a.png",
                "B.JPEG",
                "notes.txt.bak",
                ".hidden.png",
                "_SUCCESS",
                "deep/er/c.tiff",
                "deep/d e#f%20g+h.png",
                "deep/ämlich 東京.webp",
                "deep/[1]{2}*.bmp",
                "_temporary/x.png",
                "folder.png/e.gif")) {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file);
        }
        Files.createDirectories(root.resolve("empty.png"));
    }

    private List<String> names(String... inputs) {
        return ImageListing.list(spark, List.of(inputs)).images().collectAsList().stream()
                .map(row -> row.<String>getAs("image"))
                .map(uri -> uri.replace("file:" + root + "/", ""))
                .sorted()
                .toList();
    }

    @Test
    void findsImagesInAllFoldersBelow() {
        assertThat(names(root.toString()))
                .containsExactly(
                        "B.JPEG",
                        "a.png",
                        "deep/[1]{2}*.bmp",
                        "deep/d e#f%20g+h.png",
                        "deep/er/c.tiff",
                        "deep/ämlich 東京.webp",
                        "folder.png/e.gif");
    }

    @Test
    void tellsLengthAndModificationTime() throws IOException {
        Row row = ImageListing.list(spark, List.of(root.resolve("a.png").toString()))
                .images()
                .first();
        assertThat(row.<Long>getAs("image_bytes")).isEqualTo(5);
        assertThat(row.<java.sql.Timestamp>getAs("image_modified").getTime())
                .isEqualTo(Files.getLastModifiedTime(root.resolve("a.png")).toMillis());
    }

    @Test
    void takesGlobsAndNamesThatLookLikeGlobs() {
        assertThat(names(root + "/*.png")).containsExactly("a.png", "folder.png/e.gif");
        assertThat(names(root + "/deep/[1]{2}*.bmp")).containsExactly("deep/[1]{2}*.bmp");
    }

    @Test
    void aNamedFileCountsWhateverItEndsIn() {
        assertThat(names(root + "/notes.txt.bak")).containsExactly("notes.txt.bak");
    }

    @Test
    void imagesOfOverlappingInputsComeOnce() {
        assertThat(names(root + "/deep", root + "/deep/er", root + "/deep/er/c.tiff"))
                .containsExactly("deep/[1]{2}*.bmp", "deep/d e#f%20g+h.png", "deep/er/c.tiff", "deep/ämlich 東京.webp");
    }

    @Test
    void readsLists() throws IOException {
        Path text = Files.writeString(root.resolve("list.txt"), "a.png\n\n deep/d e#f%20g+h.png \nmissing.png\n");
        assertThat(names(text.toString())).containsExactly("a.png", "deep/d e#f%20g+h.png", "missing.png");
        List<Row> missing = ImageListing.list(spark, List.of(text.toString()))
                .images()
                .filter("image_bytes is null and image_modified is null")
                .collectAsList();
        assertThat(missing).hasSize(1);

        Path csv = Files.writeString(
                root.resolve("list.csv"), "camera,image\nleft,a.png\nright,\"%s\"\n".formatted(root.resolve("B.JPEG")));
        assertThat(names(csv.toString())).containsExactly("B.JPEG", "a.png");

        spark.read().option("header", true).csv(csv.toString()).write().parquet(root + "/lists/list.parquet");
        assertThat(names(root + "/lists/list.parquet")).contains("B.JPEG").hasSize(2);
    }

    @Test
    void aListWithoutTheColumnIsAnError() throws IOException {
        Path csv = Files.writeString(root.resolve("list.csv"), "path,camera\na.png,left\n");
        assertThatThrownBy(() -> names(csv.toString()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no column 'image'")
                .hasMessageContaining("path, camera");
    }

    @Test
    void anInputThatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> names(root + "/nothing"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(root + "/nothing: no such folder or file");
    }

    /** Where lists and globs name files as Hadoop's paths do not. */
    @Test
    void takesNamesWithColons() throws IOException {
        Path folder = Files.createDirectories(root.resolve("cam:1"));
        Files.writeString(folder.resolve("2026-01-31T05:00:00.jpg"), "x");
        Files.writeString(folder.resolve("2026-01-31T06:00:00.jpg"), "x");
        Path list = Files.writeString(folder.resolve("list.txt"), "2026-01-31T05:00:00.jpg\nhttp://[\n");
        assertThat(names(folder.toString()))
                .containsExactly("cam:1/2026-01-31T05:00:00.jpg", "cam:1/2026-01-31T06:00:00.jpg");
        assertThat(names(folder + "/2026-*T05:*.jpg")).containsExactly("cam:1/2026-01-31T05:00:00.jpg");
        assertThat(names(root + "/{cam:?,deep}/*{05,er}:00:00.[jJ]pg"))
                .containsExactly("cam:1/2026-01-31T05:00:00.jpg");
        assertThat(names(list.toString())).containsExactly("cam:1/2026-01-31T05:00:00.jpg", "http://[");
    }

    @Test
    void namesThatAreNoTextLinksToNothingAndCirclesAreListed() throws IOException {
        Path folder = Files.createDirectories(root.resolve("odd/deeper")).getParent();
        Path latin = Path.of(URI.create("file://" + folder + "/caf%E9"));
        Files.createDirectory(latin);
        Files.writeString(latin.resolve("a.jpg"), "x");
        Files.writeString(Path.of(URI.create("file://" + folder + "/caf%E9.jpg")), "xyz");
        Files.writeString(folder.resolve("line\nbreak.jpg"), "x");
        Files.createSymbolicLink(folder.resolve("gone.jpg"), Path.of("nowhere.jpg"));
        Files.createSymbolicLink(folder.resolve("deeper/up"), folder);
        Files.createSymbolicLink(folder.resolve("deeper/round.jpg"), Path.of("round.jpg"));
        assertThat(names(folder.toString()))
                .containsExactly(
                        "odd/caf%E9.jpg",
                        "odd/caf%E9/a.jpg", "odd/deeper/round.jpg", "odd/gone.jpg", "odd/line\nbreak.jpg");
        assertThat(StoredFiles.open(
                                new org.apache.hadoop.fs.Path("file:" + folder + "/caf%E9.jpg"),
                                1,
                                spark.sparkContext().hadoopConfiguration())
                        .readAllBytes())
                .asString()
                .isEqualTo("yz");
    }

    @Test
    void countsWhatItLeavesOutByItsEnding() throws IOException {
        for (String name :
                List.of("1.heic", "2.HEIC", "3.jp2", "README", "v1.2 beta", ".DS_Store", "a.jfif", "b.pjpeg")) {
            Files.writeString(root.resolve("deep").resolve(name), "x");
        }
        Listing listing = ImageListing.listWithShards(spark, List.of(root.toString()));
        assertThat(listing.leftOut().byEnding())
                .isEqualTo(Map.of(".heic", 2L, ".jp2", 1L, ".bak", 1L, "(no ending)", 2L));
        assertThat(names(root + "/deep")).contains("deep/a.jfif", "deep/b.pjpeg");
    }

    @Test
    void countsRareEndingsTogether() {
        LeftOut.Counter counter = new LeftOut.Counter();
        for (int ending = 0; ending < 30; ending++) {
            for (int file = 0; file <= ending; file++) {
                counter.add("file:/x.y/f." + ending);
            }
        }
        LeftOut shortened = counter.count().shortened();
        assertThat(shortened.byEnding()).hasSize(LeftOut.MOST_ENDINGS + 1).containsEntry(".29", 30L);
        assertThat(shortened.byEnding()).containsEntry(LeftOut.OTHERS, 55L);
        assertThat(shortened.files()).isEqualTo(counter.count().files());
    }

    @Test
    void aStorageWithoutItsConnectorIsAnErrorThatNamesTheArtifact() {
        assertThatThrownBy(() -> names("abfss://photos@account.dfs.core.windows.net/day"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("abfss://")
                .hasMessageContaining("org.apache.hadoop:hadoop-azure:" + VersionInfo.getVersion());
        assertThatThrownBy(() -> names("gs://bucket/day"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("gs://")
                .hasMessageContaining("gcs-connector");
        assertThatThrownBy(() -> names("s4a://bucket/day"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("spelling");
        assertThatThrownBy(() -> names("s3a://"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("s3a://");
    }
}
