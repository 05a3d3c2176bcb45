package io.fcnspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the decoder to Pillow, on files that {@code fixtures.py} wrote. */
class ImageDecoderTest {
    private static final JsonNode EXPECTED = expected();
    private static final ImageDecoder DECODER = new ImageDecoder(10_000);

    private static JsonNode expected() {
        try {
            return new ObjectMapper().readTree(resource("expected.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] resource(String name) {
        try (InputStream in = ImageDecoderTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> files() {
        List<String> names = new ArrayList<>();
        EXPECTED.fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void decodesWhatPillowShows(String name) throws Exception {
        byte[] bytes = resource(name);
        JsonNode expected = EXPECTED.get(name);

        RgbImage image = DECODER.decode(bytes);

        ImageSize size = new ImageSize(
                expected.get("width").asInt(), expected.get("height").asInt());
        assertThat(new ImageSize(image.width(), image.height())).isEqualTo(size);
        assertThat(ImageDecoder.size(bytes)).isEqualTo(size);
        byte[] rgb = expected.get("rgb").binaryValue();
        int largest = 0;
        double sum = 0;
        for (int i = 0; i < rgb.length; i++) {
            int difference = Math.abs((rgb[i] & 0xff) - (image.rgb()[i] & 0xff));
            largest = Math.max(largest, difference);
            sum += difference;
        }
        if (isLossy(name)) {
            // Decoders differ in how they interpolate colour, at edges above all.
            assertThat(sum / rgb.length).as("mean difference").isLessThan(1.5);
            assertThat(largest).as("largest difference").isLessThan(48);
        } else {
            // Roundings of Pillow.
            assertThat(largest).as("largest difference").isLessThanOrEqualTo(name.startsWith("cmyk") ? 1 : 0);
        }
    }

    private static boolean isLossy(String name) {
        return name.endsWith(".jpg") || name.endsWith("-jpeg.tif");
    }

    @Test
    void readsGreyValuesAndPaletteIndicesAsStored() throws Exception {
        for (int bits : new int[] {1, 2, 4}) {
            for (String kind : List.of("grey", "palette")) {
                ChannelImage image = DECODER.decodeChannel(resource(kind + "-" + bits + "bit.png"));
                for (int y = 0; y < image.height(); y++) {
                    for (int x = 0; x < image.width(); x++) {
                        assertThat((int) image.values()[y * image.width() + x])
                                .as("%s, %d bits, column %d, row %d", kind, bits, x, y)
                                .isEqualTo((x + 2 * y) % (1 << bits));
                    }
                }
            }
        }
        for (String name : List.of("grey-16bit.png", "grey-16bit.tif")) {
            ChannelImage wide = DECODER.decodeChannel(resource(name));
            for (int i = 0; i < wide.values().length; i++) {
                assertThat((int) wide.values()[i]).isEqualTo(i % 24 * 2700 + i / 24 * 130);
            }
        }
    }

    @Test
    void valuesOfTwelveBitsAreNotScaledWhereTheyAreLabels() throws Exception {
        RgbImage scaled = DECODER.decode(resource("grey-12bit.tif"));
        ChannelImage stored = DECODER.decodeChannel(resource("grey-12bit.tif"));
        for (int i = 0; i < stored.values().length; i++) {
            assertThat(Math.round(stored.values()[i] * 255 / 4095.0)).isEqualTo(scaled.rgb()[3 * i] & 0xff);
        }
    }

    /** What a reader that applies profiles would change beyond recognition. */
    @Test
    void profilesChangeNothingInAnyFormat() throws Exception {
        byte[] stored = DECODER.decode(resource("rgb.png")).rgb();
        for (String name : List.of("profile.png", "profile.tif", "profile.webp")) {
            assertThat(DECODER.decode(resource(name)).rgb()).as(name).isEqualTo(stored);
        }
        assertThat(DECODER.decode(resource("profile.jpg")).rgb())
                .isEqualTo(DECODER.decode(resource("orientation-1.jpg")).rgb());
        assertThat(DECODER.decode(resource("profile-jpeg.tif")).rgb())
                .isEqualTo(DECODER.decode(resource("rgb-jpeg.tif")).rgb());
    }

    @Test
    void indicesAreTheSameWhateverTheFormatAndTransparency() throws Exception {
        ChannelImage png = DECODER.decodeChannel(resource("palette.png"));
        for (String name : List.of("palette-transparent.png", "palette.bmp", "palette.gif", "palette.tif")) {
            assertThat(DECODER.decodeChannel(resource(name)).values()).as(name).isEqualTo(png.values());
        }
    }

    @Test
    void takesGreyFromAColourImageButNoColours() throws Exception {
        ChannelImage grey = DECODER.decodeChannel(resource("grey.png"));
        byte[] rgb = new byte[3 * grey.values().length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) grey.values()[i / 3];
        }
        byte[] greyAsColours = PngEncoder.encode(new RgbImage(grey.width(), grey.height(), rgb));

        assertThat(DECODER.decodeChannel(greyAsColours).values()).isEqualTo(grey.values());
        assertThat(DECODER.decodeChannel(resource("grey-alpha.png")).values()).isEqualTo(grey.values());
        assertThat(ImageDecoderErrorsTest.failure(() -> DECODER.decodeChannel(resource("rgb.png"))))
                .hasMessage("colour (0, 0, 255) at column 0, row 0: expected one channel, grey or palette")
                .extracting(ImageException::code)
                .isEqualTo(ImageException.Code.UNSUPPORTED);
    }

    @Test
    void pngRoundTrip() throws Exception {
        RgbImage image = DECODER.decode(resource("rgb.png"));
        byte[] png = PngEncoder.encode(image);

        assertThat(DECODER.decode(png).rgb()).isEqualTo(image.rgb());
        assertThat(PngEncoder.encode(image)).isEqualTo(png);
        ChannelImage wide = DECODER.decodeChannel(resource("grey-16bit.png"));
        assertThat(DECODER.decodeChannel(PngEncoder.encodeGrey16(wide)).values())
                .isEqualTo(wide.values());
    }

    @Test
    void decodesInManyThreadsWithoutTheClassLoaderThatKnowsThePlugins() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8, task -> {
            Thread thread = new Thread(task);
            thread.setContextClassLoader(null);
            return thread;
        });
        try {
            List<Future<RgbImage>> images = new ArrayList<>();
            List<String> names = files().toList();
            for (int round = 0; round < 5; round++) {
                for (String name : names) {
                    byte[] bytes = resource(name);
                    images.add(pool.submit(() -> DECODER.decode(bytes)));
                }
            }
            for (int i = 0; i < images.size(); i++) {
                String name = names.get(i % names.size());
                assertThat(images.get(i).get().rgb())
                        .as(name)
                        .isEqualTo(DECODER.decode(resource(name)).rgb());
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
