package io.fcnspark.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.labels.MaskPng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneFolderTest {
    private final SceneGenerator generator = new SceneGenerator(9, SceneSizes.of(96, 128));

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        SceneFolder.write(generator, 3, folder);
    }

    @Test
    void layoutIsPlain() throws IOException {
        assertThat(names(folder)).containsExactlyInAnyOrder("images", "labels", "labels.json");
        assertThat(names(folder.resolve("images")))
                .containsExactlyInAnyOrder("scene_000000.jpg", "scene_000001.jpg", "scene_000002.jpg");
        assertThat(names(folder.resolve("labels")))
                .containsExactlyInAnyOrder("scene_000000.png", "scene_000001.png", "scene_000002.png");
    }

    @Test
    void labelsJsonFindsTheTruthOfAnImage() throws IOException {
        LabelConvention convention =
                LabelConventions.fromJson(Files.readString(folder.resolve("labels.json")), "labels.json");
        assertThat(convention).isEqualTo(LabelConvention.plain(SceneGenerator.CLASSES));
        assertThat(folder.resolve(
                        convention.truthCandidates("images/scene_000001.jpg").get(0)))
                .exists();
    }

    @Test
    void filesHoldTheScenes() throws Exception {
        Scene scene = generator.scene(2);
        assertThat(MaskPng.decode(Files.readAllBytes(folder.resolve("labels/scene_000002.png")), 255))
                .isEqualTo(scene.truth());
        RgbImage image = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS)
                .decode(Files.readAllBytes(folder.resolve("images/scene_000002.jpg")));
        assertThat(image.width()).isEqualTo(128);
        assertThat(meanDifference(image.rgb(), scene.image().rgb())).isCloseTo(0, within(6.0));
    }

    @Test
    void moreScenesLeaveTheFirstOnesAsTheyAre() throws IOException {
        byte[] before = Files.readAllBytes(folder.resolve("images/scene_000000.jpg"));
        SceneFolder.write(generator, 5, folder);
        assertThat(folder.resolve("images/scene_000000.jpg")).hasBinaryContent(before);
        assertThat(names(folder.resolve("labels"))).hasSize(5);
    }

    private static double meanDifference(byte[] a, byte[] b) {
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        return (double) sum / a.length;
    }

    private static Stream<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
