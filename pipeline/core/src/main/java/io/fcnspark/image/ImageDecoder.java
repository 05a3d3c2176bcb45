package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decodes the bytes of an image file: JPEG (grey, YCbCr, CMYK, YCCK, progressive too), PNG, BMP, GIF (first frame), TIFF and
 * BigTIFF (first page), WebP (first frame). The bytes tell the format, not the file's name. Safe for use by several threads.
 *
 * <ul>
 *   <li>Pixels are in the orientation that a viewer shows (Exif in JPEG, PNG and WebP, TIFF's own tag).
 *   <li>Colours are as stored, in every format, which is also what Pillow's {@code convert("RGB")}, OpenCV and torchvision give
 *       to those who train: no colour profile and no gamma is applied.
 *   <li>An alpha channel, or a transparent colour, is left out, not composited over some background. Colours that are stored
 *       multiplied by alpha (TIFF's associated alpha) are divided by it.
 *   <li>CMYK becomes RGB by (255 − ink)(255 − black) / 255.
 *   <li>Integers of any number of bits up to 16 become 8 by scaling their own maximum to 255, rounded. Floating point is
 *       refused, since nothing says what is white.
 * </ul>
 */
public final class ImageDecoder {
    /** A limit that fits for photographs: 100 megapixels, 300 MB decoded. */
    public static final long DEFAULT_MAX_PIXELS = 100_000_000;

    private static final List<ImageFormat> FORMATS = List.of(
            new JpegFormat(), new PngFormat(), new WebpFormat(), new TiffFormat(), new GifFormat(), new BmpFormat());

    /** The largest limit: Java's arrays have fewer than 2^31 bytes. */
    public static final long LARGEST_MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

    private static final int RGB_BYTES = 3;

    /** What readers add to their messages for programmers. */
    private static final Pattern JAVA_CLASS = Pattern.compile(" ?\\(class [^)]*\\)");

    private static final int LONGEST_REASON = 300;

    private final long maxPixels;

    /**
     * A decoder with a limit.
     *
     * @param maxPixels images of more pixels are refused by what their header says, before memory is taken for them
     */
    public ImageDecoder(long maxPixels) {
        if (maxPixels < 1 || maxPixels > LARGEST_MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "a limit of %d pixels: expected 1 to %d".formatted(maxPixels, LARGEST_MAX_PIXELS));
        }
        this.maxPixels = maxPixels;
    }

    /**
     * Decodes to RGB.
     *
     * @throws ImageException {@link Code#NOT_AN_IMAGE} for bytes of no format that is read, {@link Code#TRUNCATED} if they end
     *     or break before the last pixel, {@link Code#TOO_LARGE}, or {@link Code#UNSUPPORTED}
     */
    public RgbImage decode(byte[] bytes) throws ImageException {
        return decode(bytes, (image, header) -> header.orientation().show(Pixels.rgb(image)));
    }

    /**
     * Decodes the one channel of a file of labels: a grey image's values, not scaled, or a palette image's indices. An image of
     * colours whose pixels all are grey counts as grey.
     *
     * @throws ImageException as {@link #decode(byte[])}, and {@link Code#UNSUPPORTED} for an image of colours
     */
    public ChannelImage decodeChannel(byte[] bytes) throws ImageException {
        return decode(bytes, (image, header) -> header.orientation().show(Pixels.channel(image)));
    }

    /**
     * The size of {@link #decode(byte[])}'s result, from the header alone; no limit applies.
     *
     * @throws ImageException if the bytes are of no format that is read, or end within the header
     */
    public static ImageSize size(byte[] bytes) throws ImageException {
        ImageHeader header = guarded(formatOf(bytes), format -> format.header(bytes));
        return header.orientation().shown(header.stored());
    }

    /**
     * Bytes of the heap that decoding takes, beside the file: an estimate from the header, no less than what is needed.
     *
     * @throws ImageException as {@link #size(byte[])}, and {@link Code#TOO_LARGE} for an image that is not decoded anyway
     */
    public long heapBytes(byte[] bytes) throws ImageException {
        return guarded(formatOf(bytes), format -> {
            ImageHeader header = headerWithinLimit(format, bytes);
            int stored = format.bytesPerPixel(bytes);
            // Three channels become the result where they are; everything else is copied.
            int result = stored == RGB_BYTES ? 0 : RGB_BYTES;
            int turned = header.orientation() == Orientation.NORMAL ? 0 : RGB_BYTES;
            return header.stored().pixels() * (stored + Math.max(result, turned)) + bytes.length;
        });
    }

    private <T> T decode(byte[] bytes, Conversion<T> conversion) throws ImageException {
        return guarded(formatOf(bytes), format -> {
            ImageHeader header = headerWithinLimit(format, bytes);
            ImageSize size = header.stored();
            BufferedImage image = format.read(bytes);
            if (image.getWidth() != size.width() || image.getHeight() != size.height()) {
                throw new ImageException(
                        Code.TRUNCATED,
                        "the %s's header says %dx%d pixels, its data %dx%d"
                                .formatted(
                                        format.name(),
                                        size.width(),
                                        size.height(),
                                        image.getWidth(),
                                        image.getHeight()));
            }
            return conversion.apply(image, header);
        });
    }

    private ImageHeader headerWithinLimit(ImageFormat format, byte[] bytes) throws IOException, ImageException {
        ImageHeader header = format.header(bytes);
        ImageSize size = header.stored();
        if (size.pixels() > maxPixels) {
            throw new ImageException(
                    Code.TOO_LARGE,
                    "%s of %dx%d = %d pixels: the limit is %d"
                            .formatted(format.name(), size.width(), size.height(), size.pixels(), maxPixels));
        }
        return header;
    }

    @FunctionalInterface
    private interface Conversion<T> {
        T apply(BufferedImage image, ImageHeader header) throws ImageException;
    }

    @FunctionalInterface
    private interface Step<T> {
        T apply(ImageFormat format) throws IOException, ImageException;
    }

    private static ImageFormat formatOf(byte[] bytes) throws ImageException {
        for (ImageFormat format : FORMATS) {
            if (format.matches(bytes)) {
                return format;
            }
        }
        if (bytes.length == 0) {
            throw new ImageException(Code.NOT_AN_IMAGE, "the file is empty");
        }
        Optional<String> other = OtherFormats.nameOf(bytes);
        if (other.isPresent()) {
            throw new ImageException(
                    Code.UNSUPPORTED, "%s: convert it to JPEG, PNG, TIFF or WebP".formatted(other.get()));
        }
        throw new ImageException(
                Code.NOT_AN_IMAGE,
                "%d bytes that are neither JPEG, PNG, WebP, TIFF, GIF nor BMP".formatted(bytes.length));
    }

    /** Decoders fail on hostile bytes in every way that there is; each ends as an {@link ImageException}. */
    private static <T> T guarded(ImageFormat format, Step<T> step) throws ImageException {
        try {
            return step.apply(format);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new ImageException(codeOf(e), "the %s cannot be decoded: %s".formatted(format.name(), reason(e)), e);
        } catch (OutOfMemoryError e) {
            throw new ImageException(
                    Code.TOO_LARGE,
                    "decoding the %s takes more memory than the JVM has left".formatted(format.name()),
                    e);
        }
    }

    /** What is wrong, for people; failures of code that met what it did not expect say nothing to them. */
    private static String reason(Throwable failure) {
        if (failure instanceof EOFException && failure.getMessage() == null) {
            return "it ends too early";
        }
        boolean says = failure instanceof IOException
                || failure instanceof ByteArrayInput.PastEnd
                || failure instanceof ByteArrayInput.Unwanted
                || failure instanceof UnsupportedOperationException;
        Throwable deepest = failure;
        while (deepest.getCause() instanceof IOException cause && cause.getMessage() != null) {
            deepest = cause;
        }
        if (!says || deepest.getMessage() == null) {
            return "its data are damaged";
        }
        String message = JAVA_CLASS.matcher(deepest.getMessage()).replaceAll("");
        return message.length() <= LONGEST_REASON ? message : message.substring(0, LONGEST_REASON) + "…";
    }

    private static Code codeOf(Throwable failure) {
        if (failure instanceof EOFException) {
            return Code.TRUNCATED;
        }
        String message = reason(failure).toLowerCase(Locale.ROOT);
        boolean unsupported = failure instanceof UnsupportedOperationException
                || message.contains("unsupported")
                || message.contains("not supported")
                || message.contains("unknown tiff");
        return unsupported ? Code.UNSUPPORTED : Code.TRUNCATED;
    }
}
