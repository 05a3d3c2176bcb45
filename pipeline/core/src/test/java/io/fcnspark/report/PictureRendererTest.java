package io.fcnspark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureRendererTest {
    private static final ClassSet CLASSES = new ClassSet(
            "many",
            IntStream.range(0, 300)
                    .mapToObj(id -> new LabelClass(id, "class" + id, 0x010203 * (id % 80) + id))
                    .toList(),
            65535);

    private static RgbImage grey(int width, int height, int value) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) value);
        return new RgbImage(width, height, rgb);
    }

    private static Mask mask(int width, int height, int... labels) {
        char[] values = new char[width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = (char) labels[i % labels.length];
        }
        return new Mask(width, height, values);
    }

    private static BufferedImage read(byte[] file) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(file));
    }

    @Test
    void picturesHaveTheColoursOfClassesAndErrors() throws IOException, ImageException {
        Pictures pictures = new PictureRenderer(CLASSES, 100_000)
                .render(
                        Optional.of(grey(4, 2, 100)),
                        mask(4, 2, 1, 2, 3, 4),
                        Optional.of(mask(4, 2, 1, 5, Mask.IGNORE, 4)));
        BufferedImage mask = read(pictures.mask());
        for (int x = 0; x < 4; x++) {
            assertThat(mask.getRGB(x, 1) & 0xffffff)
                    .isEqualTo(CLASSES.classes().get(x + 1).colour());
        }
        assertThat(read(pictures.truth()).getRGB(1, 0) & 0xffffff)
                .isEqualTo(CLASSES.classes().get(5).colour());
        BufferedImage errors = read(pictures.errors());
        assertThat(errors.getRGB(0, 0) >>> 24).as("right is transparent").isZero();
        assertThat(errors.getRGB(1, 0)).as("wrong").isEqualTo(0xffe0115f);
        assertThat(errors.getRGB(2, 0)).as("ignored").isEqualTo(0xffe4e4df);
        assertThat((int) new ImageDecoder(100).decode(pictures.image()).rgb()[0])
                .isCloseTo(100, within(2));
    }

    @Test
    void largeImagesBecomeSmallerAndKeepTheirProportions() throws IOException {
        Pictures pictures = new PictureRenderer(CLASSES, 100_000)
                .render(Optional.of(grey(2000, 1000, 7)), mask(2000, 1000, 1), Optional.empty());
        assertThat(pictures.width()).isEqualTo(640);
        assertThat(pictures.height()).isEqualTo(320);
        assertThat(read(pictures.image()).getWidth()).isEqualTo(640);
        assertThat(read(pictures.mask()).getHeight()).isEqualTo(320);
        assertThat(pictures.truth()).isNull();
        assertThat(pictures.errors()).isNull();
    }

    @Test
    void aNoisyImageIsShownAsSmallAsTheBytesAllow() {
        byte[] noise = new byte[3 * 640 * 480];
        new Random(1).nextBytes(noise);
        RgbImage image = new RgbImage(640, 480, noise);
        Pictures pictures = new PictureRenderer(CLASSES, 30_000)
                .render(Optional.of(image), mask(640, 480, 1, 2, 3, 4, 5, 6, 7), Optional.of(mask(640, 480, 9)));
        assertThat(pictures.bytes()).isLessThanOrEqualTo(30_000);
        assertThat(pictures.width()).isBetween(96, 400);
    }

    @Test
    void moreClassesThanAPaletteHoldsKeepTheirColours() throws IOException {
        Mask mask = mask(300, 2, IntStream.range(0, 300).toArray());
        BufferedImage picture = read(new PictureRenderer(CLASSES, 100_000)
                .render(Optional.empty(), mask, Optional.empty())
                .mask());
        for (int x = 0; x < 300; x++) {
            assertThat(picture.getRGB(x, 0) & 0xffffff)
                    .isEqualTo(CLASSES.classes().get(x).colour());
        }
    }

    @Test
    void sizesMustAgree() {
        assertThatThrownBy(() -> new PictureRenderer(CLASSES, 100)
                        .render(Optional.of(grey(3, 2, 0)), mask(4, 2, 1), Optional.empty()))
                .hasMessageContaining("image has 3x2")
                .hasMessageContaining("mask 4x2");
    }
}
