package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.ExampleReader.Content;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    /** Column in red, row in green, and a truth that says which block of 4 x 4 pixels a pixel is in. */
    private static Content example(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        char[] labels = new char[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[3 * (y * width + x)] = (byte) x;
                rgb[3 * (y * width + x) + 1] = (byte) y;
                labels[y * width + x] = (char) (y / 4 * 64 + x / 4);
            }
        }
        return new Content(new RgbImage(width, height, rgb), new Mask(width, height, labels));
    }

    @Test
    void leavesAnImageOfTheWindowsSizeAsItIs() {
        Content example = example(30, 20);
        Content window = new Augmentation(20, 30, 1, 1, Flip.NONE).apply(example, new SplittableRandom(1));
        assertThat(window.image().rgb()).isEqualTo(example.image().rgb());
        assertThat(window.truth()).isEqualTo(example.truth());
    }

    /** Wherever the window lies: a pixel's colour says where it is from, and its truth is that of the same place. */
    @Property(tries = 200)
    void imageAndTruthStayTogether(
            @ForAll @IntRange(min = 8, max = 120) int width,
            @ForAll @IntRange(min = 8, max = 120) int height,
            @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
            @ForAll long seed) {
        Augmentation augmentation = new Augmentation(48, 64, scale, scale, Flip.HORIZONTAL);
        Content window = augmentation.apply(example(width, height), new SplittableRandom(seed));
        assertThat(window.image().width()).isEqualTo(64);
        assertThat(window.image().height()).isEqualTo(48);
        int counted = 0;
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                int label = window.truth().at(x, y);
                if (label == Mask.IGNORE) {
                    continue;
                }
                counted++;
                int column = window.image().rgb()[3 * (y * 64 + x)] & 0xff;
                int row = window.image().rgb()[3 * (y * 64 + x) + 1] & 0xff;
                assertThat(column).isBetween(label % 64 * 4 - 1, label % 64 * 4 + 4);
                assertThat(row).isBetween(label / 64 * 4 - 1, label / 64 * 4 + 4);
            }
        }
        int inside = (int) (Math.min(64, Math.round(width * scale)) * Math.min(48, Math.round(height * scale)));
        assertThat(counted).isEqualTo(inside);
    }

    @Test
    void mirrorsEveryOtherImage() {
        Content example = example(30, 20);
        Augmentation augmentation = new Augmentation(20, 30, 1, 1, Flip.HORIZONTAL);
        int mirrored = 0;
        for (int seed = 0; seed < 1000; seed++) {
            byte[] rgb = augmentation
                    .apply(example, new SplittableRandom(seed))
                    .image()
                    .rgb();
            assertThat(rgb[0]).isIn((byte) 0, (byte) 29);
            mirrored += rgb[0] == 29 ? 1 : 0;
        }
        assertThat(mirrored).isBetween(440, 560);
    }

    @Test
    void refusesWhatIsNoWindow() {
        assertThatThrownBy(() -> new Augmentation(0, 4, 1, 1, Flip.NONE)).hasMessageContaining("0x4");
        assertThatThrownBy(() -> new Augmentation(4, 4, 2, 1, Flip.NONE)).hasMessageContaining("scale is 2.0-1.0");
        assertThatThrownBy(() -> new Augmentation(4, 4, 0, 1, Flip.NONE)).hasMessageContaining("scale is 0.0-1.0");
    }
}
