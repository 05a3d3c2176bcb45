package io.fcnspark.image;

import static io.fcnspark.image.ImageDecoderTest.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.fcnspark.image.ImageException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderErrorsTest {
    private static final ImageDecoder DECODER = new ImageDecoder(1_000_000);

    static ImageException failure(ThrowingCallable call) {
        try {
            call.call();
        } catch (ImageException e) {
            return e;
        } catch (Throwable e) {
            return fail("expected an ImageException", e);
        }
        return fail("expected an ImageException");
    }

    private static ImageException failure(byte[] bytes) {
        return failure(() -> DECODER.decode(bytes));
    }

    @Test
    void emptyFilesAndTextsAreNoImages() {
        assertThat(failure(new byte[0]).code()).isEqualTo(Code.NOT_AN_IMAGE);
        for (String text : List.of(
                "<html>404</html>",
                "BM is how this text begins, and it goes on a while",
                "\n",
                "P1 is the first",
                "<?xml?><html>",
                "ftyp")) {
            assertThat(failure(text.getBytes(StandardCharsets.UTF_8)).code())
                    .as(text)
                    .isEqualTo(Code.NOT_AN_IMAGE);
        }
    }

    /** Cut anywhere after the first bytes, which tell the format. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "orientation-1.jpg",
                "progressive.jpg",
                "grey.jpg",
                "cmyk.jpg",
                "thumbnail.jpg",
                "rgb.png",
                "palette.png",
                "palette.gif",
                "rgb.bmp",
                "rgb.tif",
                "rgb-lzw.tif",
                "codes-of-11-bits.gif",
                "lossless.webp",
                "lossless-parts.webp",
                "small-frame.webp",
                "lossy.webp"
            })
    void cutFilesAreTruncated(String name) {
        byte[] bytes = resource(name);
        int shortest = name.endsWith(".bmp") || name.endsWith(".webp") ? 64 : 16;
        // What comes after the pixels is not needed.
        int end = bytes.length
                - switch (name.substring(name.lastIndexOf('.'))) {
                    case ".png" -> 13;
                    case ".jpg" -> 3;
                    case ".gif", ".webp" -> 2;
                    default -> 1;
                };
        for (int length = shortest; length <= end; length += 1 + (end - length) / 40) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(failure(cut).code())
                    .as("%d of %d bytes", length, bytes.length)
                    .isEqualTo(Code.TRUNCATED);
        }
    }

    /** Cameras that lose power, and some that do not, write no end; viewers miss nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "orientation-6.jpg",
                "progressive.jpg",
                "restarts.jpg",
                "grey.jpg",
                "cmyk.jpg",
                "profile.jpg",
                "rgb.png",
                "exif-zTXt.png"
            })
    void anEndMarkIsNotMissed(String name) throws Exception {
        byte[] bytes = resource(name);
        byte[] whole = DECODER.decode(bytes).rgb();
        int mark = name.endsWith(".png") ? 12 : 2;
        for (int lost = 1; lost <= mark; lost++) {
            byte[] cut = Arrays.copyOf(bytes, bytes.length - lost);
            assertThat(DECODER.decode(cut).rgb()).as("%d lost", lost).isEqualTo(whole);
        }
    }

    @Test
    void aProgressiveJpegWithoutItsLastScansIsTruncated() {
        byte[] bytes = resource("progressive.jpg");
        int scans = 0;
        for (int at = bytes.length - 2; at > 0; at--) {
            if (bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) 0xda) {
                scans++;
                assertThat(failure(Arrays.copyOf(bytes, at)).code()).isEqualTo(Code.TRUNCATED);
            }
        }
        assertThat(scans).isGreaterThan(5);
    }

    /** The chunks are whole, with right checksums, and an end; what they hold is not. */
    @Test
    void aPngWithFewerPixelsThanItSaysIsTruncated() {
        byte[] whole = resource("rgb.png");
        int data = new String(whole, StandardCharsets.ISO_8859_1).indexOf("IDAT") - 4;
        int length = ByteBuffer.wrap(whole).getInt(data);
        for (int lost = 6; lost < length; lost += 7) {
            ByteBuffer png = ByteBuffer.allocate(whole.length - lost);
            png.put(whole, 0, data);
            putChunk(png, "IDAT", Arrays.copyOfRange(whole, data + 8, data + 8 + length - lost));
            putChunk(png, "IEND", new byte[0]);
            byte[] withEnd = png.array();
            assertThat(failure(withEnd).code()).as("%d lost", lost).isEqualTo(Code.TRUNCATED);
            byte[] withoutEnd = Arrays.copyOf(withEnd, withEnd.length - 12);
            assertThat(failure(withoutEnd).code()).as("%d lost", lost).isEqualTo(Code.TRUNCATED);
        }
    }

    @Test
    void floatingPointIsUnsupportedWithAndWithoutAlpha() {
        for (String name : List.of("float-grey.tif", "float-rgb.tif", "float-rgba.tif", "float-rgba-straight.tif")) {
            assertThat(failure(resource(name)))
                    .as(name)
                    .hasMessage("floating point samples of 32 bits: expected unsigned integers of up to 16 bits")
                    .extracting(ImageException::code)
                    .isEqualTo(Code.UNSUPPORTED);
        }
    }

    @Test
    void colourOfOddDepthsThatTheReaderDoesNotKnowIsUnsupported() {
        assertThat(failure(resource("rgb-6bit.tif")).code()).isEqualTo(Code.UNSUPPORTED);
    }

    @Test
    void pixelsLostWithinAJpegAreFoundThoughItsEndMarkerIsThere() {
        byte[] whole = resource("orientation-1.jpg");
        byte[] holed = Arrays.copyOf(whole, whole.length - 100);
        holed[holed.length - 2] = (byte) 0xff;
        holed[holed.length - 1] = (byte) 0xd9;

        assertThat(failure(holed))
                .hasMessageContaining("damaged")
                .extracting(ImageException::code)
                .isEqualTo(Code.TRUNCATED);
    }

    @Test
    void aFlippedBitWithinAPngsPixelsIsFound() {
        byte[] bytes = resource("rgb.png");
        bytes[bytes.length - 30] ^= 1;

        assertThat(failure(bytes))
                .hasMessageContaining("checksum")
                .extracting(ImageException::code)
                .isEqualTo(Code.TRUNCATED);
    }

    @Test
    void tooLargeIsSeenInTheHeader() throws Exception {
        byte[] png = pngHeader(60_000, 60_000, 8, 2);

        assertThat(failure(png))
                .hasMessage("PNG of 60000x60000 = 3600000000 pixels: the limit is 1000000")
                .extracting(ImageException::code)
                .isEqualTo(Code.TOO_LARGE);
        assertThat(ImageDecoder.size(png)).isEqualTo(new ImageSize(60_000, 60_000));
        for (String name : List.of(
                "444.jpg", "rgb.png", "rgb.bmp", "palette.gif", "rgb.tif", "lossless.webp", "lossy.webp", "cmyk.jpg")) {
            assertThat(failure(() -> new ImageDecoder(24 * 17 - 1).decode(resource(name)))
                            .code())
                    .as(name)
                    .isEqualTo(Code.TOO_LARGE);
            assertThat(new ImageDecoder(24 * 17).decode(resource(name)).width()).isEqualTo(24);
        }
    }

    @Test
    void aHeaderWithoutPixelsTakesNoMemory() {
        byte[] png = pngHeader(20_000, 20_000, 16, 6);

        assertThat(failure(() -> new ImageDecoder(500_000_000).decode(png)).code())
                .isEqualTo(Code.TRUNCATED);
    }

    @Test
    void whatDecodingTakesIsKnownBefore() throws Exception {
        ImageDecoder decoder = new ImageDecoder(500_000_000);
        // Header and file are what counts, so a few bytes do.
        assertThat(decoder.heapBytes(pngHeader(20_000, 20_000, 8, 2))).isBetween(1_200_000_000L, 1_200_001_000L);
        assertThat(decoder.heapBytes(pngHeader(20_000, 20_000, 16, 6))).isBetween(4_400_000_000L, 4_400_001_000L);
        for (String name : List.of(
                "444.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "grey.png",
                "rgb.bmp",
                "palette.gif",
                "rgb.tif",
                "lossy.webp")) {
            assertThat(decoder.heapBytes(resource(name))).as(name).isBetween(3L * 24 * 17, 20_000L);
        }
    }

    @Test
    void aDecoderStopsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThat(failure(resource("rgb.tif"))).hasMessageContaining("it takes too long");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** A PNG that ends properly, whose pixels are a few bytes. */
    private static byte[] pngHeader(int width, int height, int bits, int colourType) {
        ByteBuffer png = ByteBuffer.allocate(8 + 25 + 22 + 12);
        png.putLong(0x89504e470d0a1a0aL);
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) bits)
                .put((byte) colourType)
                .array();
        putChunk(png, "IHDR", header);
        putChunk(png, "IDAT", new byte[10]);
        putChunk(png, "IEND", new byte[0]);
        return png.array();
    }

    private static void putChunk(ByteBuffer png, String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        png.putInt(data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .putInt((int) crc.getValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0000001866747970 68656963 00000000|HEIF or AVIF",
                "0000001866747970 68657663 00000000|HEIF or AVIF",
                "0000001866747970 6d736631 00000000|HEIF or AVIF",
                "0000001866747970 6d696166 00000000|HEIF or AVIF",
                "0000001866747970 61766973 00000000|HEIF or AVIF",
                "0000001866747970 4d413142 00000000|HEIF or AVIF",
                "0000001c66747970 58585858 00000000 6d696631 68656963|HEIF or AVIF",
                "0000001866747970 69736f6d 00000200 69736f6d|MP4, QuickTime or the like",
                "0000001866747970 63727820 00000001 63727820|Canon raw",
                "0000000c6a502020 0d0a870a 00000014|JPEG 2000",
                "ff4fff51 002f0000|JPEG 2000",
                "0000000c4a584c20 0d0a870a 00000014|JPEG XL",
                "ff0a 0010b013|JPEG XL",
                "4949bc01 08000000|JPEG XR",
                "38425053 0001 000000000000|Photoshop",
                "255044462d312e37 0a|PDF",
                "2521 50532d41646f6265|PostScript",
                "00000100 0100 2020|Windows icon",
                "762f3101 02000000|OpenEXR",
                "716f6966 00000010|QOI",
                "50360a31 3020 31300a|PBM, PGM, PPM or PAM",
                "3c73766720786d6c6e733d|SVG",
                "efbbbf3c3f786d6c3f3e0a3c212d2d782d2d3e3c7376673e|SVG",
            })
    void formatsThatAreKnownAndNotReadAreNamed(String hex, String name) {
        assertThat(failure(HexFormat.of().parseHex(hex.replace(" ", ""))))
                .hasMessage(name + ": convert it to JPEG, PNG, TIFF or WebP")
                .extracting(ImageException::code)
                .isEqualTo(Code.UNSUPPORTED);
    }

    @Test
    void knownFormatsThatAreNotReadAreUnsupported() {
        byte[] twelveBits = resource("444.jpg");
        int frame = new String(twelveBits, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
        twelveBits[frame + 4] = 12;
        assertThat(failure(twelveBits))
                .hasMessageContaining("12 bits")
                .extracting(ImageException::code)
                .isEqualTo(Code.UNSUPPORTED);
        byte[] arithmetic = resource("444.jpg");
        arithmetic[frame + 1] = (byte) 0xc9;
        assertThat(failure(arithmetic).code()).isEqualTo(Code.UNSUPPORTED);
        byte[] zstandard = resource("rgb-lzw.tif");
        int compression =
                new String(zstandard, StandardCharsets.ISO_8859_1).indexOf("\u0003\u0001\u0003\0\u0001\0\0\0\u0005");
        zstandard[compression + 8] = 0x50;
        zstandard[compression + 9] = (byte) 0xc3;
        assertThat(failure(zstandard))
                .hasMessageContaining("50000")
                .extracting(ImageException::code)
                .isEqualTo(Code.UNSUPPORTED);
        assertThat(failure(pngHeader(10, 10, 7, 2)).code()).isEqualTo(Code.UNSUPPORTED);
    }

    @Test
    void limitsThatNoArrayHoldsAreRefused() {
        assertThatThrownBy(() -> new ImageDecoder(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImageDecoder(1L << 40)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever the bytes, the outcome is an image or an {@link ImageException}; anything else fails the test. */
    @ParameterizedTest
    @MethodSource("io.fcnspark.image.ImageDecoderTest#files")
    @Timeout(20)
    void hostileBytesNeverFailOtherwise(String name) {
        byte[] good = resource(name);
        Random random = new Random(name.hashCode());
        ImageDecoder decoder = new ImageDecoder(10_000);
        for (int i = 0; i < 150; i++) {
            byte[] bad = mutate(good, random);
            try {
                decoder.decode(bad);
                decoder.decodeChannel(bad);
            } catch (ImageException expected) {
                assertThat(expected.code()).isIn(Code.NOT_AN_IMAGE, Code.TRUNCATED, Code.TOO_LARGE, Code.UNSUPPORTED);
                assertThat(expected.getMessage())
                        .doesNotContainPattern("null|Exception|javax?[.]|[A-Z]+_[A-Z]+|[.]java");
            } catch (Throwable other) {
                fail(
                        "mutation %d of %s: %s"
                                .formatted(i, name, Base64.getEncoder().encodeToString(bad)),
                        other);
            }
        }
    }

    private static byte[] mutate(byte[] good, Random random) {
        byte[] bad = random.nextInt(8) == 0 ? Arrays.copyOf(good, 1 + random.nextInt(2 * good.length)) : good.clone();
        int changes = 1 + random.nextInt(random.nextBoolean() ? 3 : 20);
        for (int i = 0; i < changes; i++) {
            // Headers are where the interesting numbers are.
            int at = random.nextInt(random.nextBoolean() ? bad.length : Math.min(bad.length, 200));
            switch (random.nextInt(4)) {
                case 0 -> bad[at] = (byte) random.nextInt(256);
                case 1 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                default ->
                    System.arraycopy(
                            bad,
                            random.nextInt(bad.length - bad.length / 2),
                            bad,
                            at,
                            Math.min(bad.length - at, bad.length / 4));
            }
        }
        return repairPngChecksums(bad);
    }

    /** Lets mutations of PNG through to the reader. */
    private static byte[] repairPngChecksums(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < 20 || buffer.getInt(0) != 0x89504e47) {
            return bytes;
        }
        for (long at = 8; at + 12 <= bytes.length; ) {
            long length = Integer.toUnsignedLong(buffer.getInt((int) at));
            if (at + 12 + length > bytes.length) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(bytes, (int) at + 4, (int) length + 4);
            buffer.putInt((int) (at + 8 + length), (int) crc.getValue());
            at += 12 + length;
        }
        return bytes;
    }
}
