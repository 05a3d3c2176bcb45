package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class TruthDecoderTest {
    private static TruthDecoder decoder(String convention) {
        return new TruthDecoder(LabelConventions.of(convention), 1000);
    }

    private static byte[] grey(int width, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return PngEncoder.encodeGrey(width, values.length / width, bytes);
    }

    private static byte[] colours(int width, int... colours) {
        byte[] rgb = new byte[3 * colours.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (colours[i / 3] >> (16 - 8 * (i % 3)));
        }
        return PngEncoder.encode(new RgbImage(width, colours.length / width, rgb));
    }

    private static Mask mask(int width, int... labels) {
        char[] chars = new char[labels.length];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) labels[i];
        }
        return new Mask(width, labels.length / width, chars);
    }

    @Test
    void vocReadsTheIndexNotThePalettesColour() throws Exception {
        byte[][] palette = new byte[3][256];
        for (int id = 0; id < 256; id++) {
            for (int c = 0; c < 3; c++) {
                palette[c][id] = (byte) (Palettes.voc(id) >> (16 - 8 * c));
            }
        }
        BufferedImage image = new BufferedImage(
                3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256, palette[0], palette[1], palette[2]));
        image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 15, 255});
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);

        assertThat(decoder("voc").decode(png.toByteArray())).isEqualTo(mask(3, 0, 15, Mask.IGNORE));
    }

    @Test
    void mapsRawValuesByConvention() throws Exception {
        assertThat(decoder("camvid").decode(grey(2, 0, 10, 11, 3))).isEqualTo(mask(2, 0, 10, Mask.IGNORE, 3));
        assertThat(decoder("cityscapes").decode(grey(2, 7, 33, 0, 255)))
                .isEqualTo(mask(2, 0, 18, Mask.IGNORE, Mask.IGNORE));
        assertThat(decoder("ade20k").decode(grey(3, 0, 1, 150))).isEqualTo(mask(3, Mask.IGNORE, 0, 149));
        assertThat(decoder("kitti-road").decode(colours(4, 0xff00ff, 0xff0000, 0x000000, 0xff0000)))
                .isEqualTo(mask(4, 1, 0, Mask.IGNORE, 0));
    }

    @Test
    void namesAValueThatTheConventionDoesNotHaveAndItsFirstPixel() {
        ImageException e =
                catchThrowableOfType(ImageException.class, () -> decoder("voc").decode(grey(3, 0, 1, 2, 3, 37, 37)));

        assertThat(e.code()).isEqualTo(Code.TRUTH_MISMATCH);
        assertThat(e)
                .hasMessage("truth has the value 37 at column 1, row 1, which label convention 'voc' does not have");
    }

    @Test
    void blamesTheTruthForItsOwnFaults() {
        byte[] whole = grey(4, new int[40]);
        for (byte[] bad : new byte[][] {
            {}, Arrays.copyOf(whole, 50), colours(1, 0xff0000), PngEncoder.encodeGrey(1001, 1, new byte[1001])
        }) {
            ImageException e = catchThrowableOfType(
                    ImageException.class, () -> decoder("camvid").decode(bad));
            assertThat(e.code()).isEqualTo(Code.TRUTH_MISMATCH);
            assertThat(e).hasMessageStartingWith("truth cannot be read, ");
        }
    }
}
