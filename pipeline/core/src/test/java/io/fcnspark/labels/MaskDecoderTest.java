package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import org.junit.jupiter.api.Test;

class MaskDecoderTest {
    private static final LabelConvention VOC = LabelConventions.of("voc");

    private static byte[] colours(int... colours) {
        byte[] rgb = new byte[3 * colours.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (colours[i / 3] >> (16 - 8 * (i % 3)));
        }
        return PngEncoder.encode(new RgbImage(colours.length, 1, rgb));
    }

    private static char[] decoded(LabelConvention convention, byte[] png) throws ImageException {
        return new MaskDecoder(convention, 1000).decode(png).labels();
    }

    private static int colour(LabelConvention convention, int id) {
        return convention.classes().classes().get(id).colour();
    }

    @Test
    void masksInTheColoursOfTheClassesAreReadByColour() throws Exception {
        for (String name : LabelConventions.NAMES) {
            LabelConvention convention = LabelConventions.of(name);
            int last = convention.classes().size() - 1;
            byte[] png = colours(colour(convention, last), colour(convention, 0), colour(convention, 1));
            assertThat(decoded(convention, png)).as(name).containsExactly((char) last, (char) 0, (char) 1);
        }
    }

    @Test
    void masksOfOneChannelHoldClassIds() throws Exception {
        byte[] ids = PngEncoder.encodeGrey(4, 1, new byte[] {0, 20, 15, 99});
        assertThat(decoded(VOC, ids)).containsExactly((char) 0, (char) 20, (char) 15, (char) 99);
    }

    @Test
    void greysAreIdsWhereTheyAreThoseOfClassesAndElseColours() throws Exception {
        assertThat(decoded(VOC, colours(0x000000, 0x0f0f0f))).containsExactly((char) 0, (char) 15);
        LabelConvention camvid = LabelConventions.of("camvid");
        assertThat(colour(camvid, 0)).isEqualTo(0x808080);
        assertThat(decoded(camvid, colours(0x808080, 0x808080))).containsExactly((char) 0, (char) 0);
    }

    @Test
    void theColoursOfTruthCountWhereItIsStoredInColours() throws Exception {
        LabelConvention convention = LabelConventions.fromJson("""
                {"name": "two", "classes": [
                  {"name": "a", "colour": "#112233", "values": ["#FF0000", "#FE0000"]},
                  {"name": "b", "colour": "#445566", "values": ["#00FF00"]}]}
                """, "a test");
        assertThat(decoded(convention, colours(0xfe0000, 0x00ff00, 0x112233)))
                .containsExactly((char) 0, (char) 1, (char) 0);
    }

    @Test
    void aColourThatNoClassHasIsNamed() {
        ImageException e = catchThrowableOfType(ImageException.class, () -> decoded(VOC, colours(0x000000, 0x123456)));
        assertThat(e.code()).isEqualTo(Code.UNSUPPORTED);
        assertThat(e).hasMessageContaining("#123456 at column 1, row 0").hasMessageContaining("'voc'");
    }
}
