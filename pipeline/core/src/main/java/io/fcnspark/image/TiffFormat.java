package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import java.util.Arrays;

/** TIFF and BigTIFF: the first page. */
final class TiffFormat implements ImageFormat {
    private static final int WIDTH = 0x100;
    private static final int HEIGHT = 0x101;
    private static final int BITS_PER_SAMPLE = 0x102;
    private static final int SAMPLES_PER_PIXEL = 0x115;
    private static final int MAX_SAMPLES = 8;
    private static final int STRIP_OFFSETS = 0x111;
    private static final int STRIP_BYTES = 0x117;
    private static final int TILE_OFFSETS = 0x144;
    private static final int TILE_BYTES = 0x145;
    private static final int EXTRA_SAMPLES = 0x152;
    /** Extra samples that are alpha, by which colours are multiplied. */
    private static final int ASSOCIATED_ALPHA = 1;

    @Override
    public String name() {
        return "TIFF";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return Bytes.hasAt(bytes, 0, "II*\0")
                || Bytes.hasAt(bytes, 0, "MM\0*")
                || Bytes.hasAt(bytes, 0, "II+\0")
                || Bytes.hasAt(bytes, 0, "MM\0+");
    }

    @Override
    public ImageHeader header(byte[] bytes) throws ImageException {
        TiffDirectory directory = directory(bytes);
        if (directory.value(WIDTH).isEmpty() || directory.value(HEIGHT).isEmpty()) {
            throw new ImageException(
                    Code.TRUNCATED, "the TIFF of %d bytes has no directory with a size".formatted(bytes.length));
        }
        return ImageHeader.of(
                directory.value(WIDTH).getAsLong(), directory.value(HEIGHT).getAsLong(), directory.orientation());
    }

    @Override
    public int bytesPerPixel(byte[] bytes) throws ImageException {
        TiffDirectory directory = directory(bytes);
        long samples = directory.value(SAMPLES_PER_PIXEL).orElse(1);
        long bits = Arrays.stream(directory.values(BITS_PER_SAMPLE)).max().orElse(1);
        if (samples < 1 || samples > MAX_SAMPLES || bits < 1 || bits > 64) {
            throw new ImageException(
                    Code.UNSUPPORTED, "TIFF with %d samples of %d bits a pixel".formatted(samples, bits));
        }
        return (int) (samples * ((bits + 7) / 8));
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        TiffDirectory directory = directory(bytes);
        requireWithin(bytes, directory.values(STRIP_OFFSETS), directory.values(STRIP_BYTES));
        requireWithin(bytes, directory.values(TILE_OFFSETS), directory.values(TILE_BYTES));
        BufferedImage image =
                Reading.with(Plugins.tiffReader(), directory.withoutProfile(bytes), reader -> reader.read(0));
        return directory.value(EXTRA_SAMPLES).orElse(0) == ASSOCIATED_ALPHA ? multiplied(image) : image;
    }

    /** The same pixels, said to be multiplied by alpha, which the reader says of floating point only. */
    private static BufferedImage multiplied(BufferedImage image) {
        ColorModel model = image.getColorModel();
        if (!(model instanceof ComponentColorModel) || !model.hasAlpha() || model.isAlphaPremultiplied()) {
            return image;
        }
        ColorModel multiplied = new ComponentColorModel(
                model.getColorSpace(),
                model.getComponentSize(),
                true,
                true,
                model.getTransparency(),
                model.getTransferType());
        return new BufferedImage(multiplied, image.getRaster(), true, null);
    }

    private static TiffDirectory directory(byte[] bytes) {
        return new TiffDirectory(bytes, 0, bytes.length);
    }

    private static void requireWithin(byte[] bytes, long[] offsets, long[] counts) throws ImageException {
        for (int i = 0; i < Math.min(offsets.length, counts.length); i++) {
            if (offsets[i] < 0 || counts[i] < 0 || counts[i] > bytes.length || offsets[i] > bytes.length - counts[i]) {
                throw new ImageException(
                        Code.TRUNCATED, "the TIFF ends after %d bytes, before its last pixel".formatted(bytes.length));
            }
        }
    }
}
