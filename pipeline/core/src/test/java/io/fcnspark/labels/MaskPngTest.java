package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MaskPngTest {
    private static final int BITS_AT = 24;
    private static final int COLOUR_TYPE_AT = 25;

    private static Mask random(int width, int height, int numClasses, long seed) {
        Random random = new Random(seed);
        char[] labels = new char[width * height];
        for (int i = 0; i < labels.length; i++) {
            int label = random.nextInt(numClasses + 1);
            labels[i] = (char) (label == numClasses ? Mask.IGNORE : label);
        }
        return new Mask(width, height, labels);
    }

    @Property(tries = 100)
    void comesBackAsWritten(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 1000) int numClasses,
            @ForAll long seed)
            throws Exception {
        Mask mask = random(width, height, numClasses, seed);
        int ignoreLabel = Math.max(numClasses, 255);

        assertThat(MaskPng.decode(MaskPng.encode(mask, numClasses, ignoreLabel), ignoreLabel))
                .isEqualTo(mask);
    }

    @Test
    void has8BitsUpTo256ClassesAnd16Above() throws Exception {
        Mask mask = new Mask(2, 1, new char[] {0, 3});

        assertThat(MaskPng.encode(mask, 256)[BITS_AT]).isEqualTo((byte) 8);
        byte[] wide = MaskPng.encode(mask, 257);
        assertThat(wide[BITS_AT]).isEqualTo((byte) 16);
        assertThat(wide[COLOUR_TYPE_AT]).as("grey").isEqualTo((byte) 0);
        assertThat(MaskPng.decode(wide)).isEqualTo(mask);
    }

    @Test
    void otherReadersSeeTheClassIds() throws Exception {
        byte[] png = MaskPng.encode(new Mask(3, 1, new char[] {0, 20, Mask.IGNORE}), 21, 255);

        int[] pixels = ImageIO.read(new ByteArrayInputStream(png)).getRaster().getPixels(0, 0, 3, 1, (int[]) null);
        assertThat(pixels).containsExactly(0, 20, 255);
    }

    @Test
    void refusesWhatTheFileCannotHold() {
        Mask mask = new Mask(2, 2, new char[] {0, 0, 7, 0});

        assertThatThrownBy(() -> MaskPng.encode(mask, 7, 255))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("class 7 at column 0, row 1: expected 0 to 6");
        assertThatThrownBy(() -> MaskPng.encode(mask, 8, 7)).hasMessage("8 classes with ignore label 7");
    }
}
