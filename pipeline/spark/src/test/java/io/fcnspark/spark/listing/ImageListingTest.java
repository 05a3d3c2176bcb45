package io.fcnspark.spark.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        return ImageListing.list(spark, List.of(inputs)).collectAsList().stream()
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
}
