package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads real data sets, where they are: their licences do not allow to keep them here. */
class SharedDataTest {
    private static Path data() {
        String place = System.getenv("FCN_SHARED_DATA");
        Path data = place == null ? Path.of("..", "..", "..", "shared", "data") : Path.of(place);
        assumeTrue(
                Files.isDirectory(data),
                "no real data in " + data.toAbsolutePath().normalize() + ": set FCN_SHARED_DATA to where it is");
        return data;
    }

    @ParameterizedTest
    @CsvSource({"camvid, val", "voc, JPEGImages", "ade20k, images"})
    void everyImageHasTruthOfItsSize(String name, String folder) throws Exception {
        Path root = data().resolve(name);
        LabelConvention convention = LabelConventions.of(name);
        TruthDecoder decoder = new TruthDecoder(convention, ImageDecoder.DEFAULT_MAX_PIXELS);
        List<Path> images;
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            images = files.sorted().limit(10).toList();
        }
        assertThat(images).isNotEmpty();
        for (Path image : images) {
            Optional<Path> truth = convention.truthCandidates(folder + "/" + image.getFileName()).stream()
                    .map(root::resolve)
                    .filter(Files::exists)
                    .findFirst();
            Mask mask = decoder.decode(Files.readAllBytes(truth.orElseThrow()));
            assertThat(new ImageSize(mask.width(), mask.height()))
                    .isEqualTo(ImageDecoder.size(Files.readAllBytes(image)));
            assertThat(mask.maxClassId()).isBetween(0, convention.classes().size() - 1);
        }
    }
}
