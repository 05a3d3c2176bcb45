package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * Takes stored values out of Java's images. {@link BufferedImage#getRGB} is avoided: it is slow, and it brightens grey images,
 * which Java holds to be linear.
 */
final class Pixels {
    private Pixels() {}

    static RgbImage rgb(BufferedImage image) throws ImageException {
        int width = image.getWidth();
        int height = image.getHeight();
        ColorModel model = image.getColorModel();
        if (isInterleavedRgb(image)) {
            return new RgbImage(width, height, interleaved(image));
        }
        byte[] rgb = new byte[3 * width * height];
        if (model instanceof IndexColorModel palette) {
            copyPalette(image, palette, rgb);
        } else if (model instanceof ComponentColorModel) {
            requireIntegers(image);
            switch (model.getColorSpace().getType()) {
                case ColorSpace.TYPE_GRAY -> copySamples(image, 1, rgb);
                case ColorSpace.TYPE_RGB -> copySamples(image, 3, rgb);
                case ColorSpace.TYPE_CMYK -> copySamples(image, 4, rgb);
                default -> copyConverted(image, rgb);
            }
        } else {
            copyConverted(image, rgb);
        }
        return new RgbImage(width, height, rgb);
    }

    static ChannelImage channel(BufferedImage image) throws ImageException {
        int width = image.getWidth();
        int height = image.getHeight();
        Raster raster = image.getRaster();
        int colours = image.getColorModel() instanceof IndexColorModel
                ? 1
                : image.getColorModel().getNumColorComponents();
        if (colours != 1 && colours != 3) {
            throw new ImageException(Code.UNSUPPORTED, "%d colours a pixel: expected one channel".formatted(colours));
        }
        requireIntegers(image);
        int bands = raster.getNumBands();
        int largest = largest(image)[0];
        char[] values = new char[width * height];
        int[] row = new int[width * bands];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0, from = 0; x < width; x++, from += bands, to++) {
                if (colours == 3 && (row[from] != row[from + 1] || row[from] != row[from + 2])) {
                    throw new ImageException(
                            Code.UNSUPPORTED,
                            "colour (%d, %d, %d) at column %d, row %d: expected one channel, grey or palette"
                                    .formatted(row[from], row[from + 1], row[from + 2], x, y));
                }
                values[to] = (char) (row[from] & largest);
            }
        }
        return new ChannelImage(width, height, values);
    }

    private static boolean isInterleavedRgb(BufferedImage image) {
        ColorModel model = image.getColorModel();
        return model instanceof ComponentColorModel
                && model.getColorSpace().getType() == ColorSpace.TYPE_RGB
                && !model.isAlphaPremultiplied()
                && image.getRaster().getSampleModel() instanceof PixelInterleavedSampleModel
                && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getNumBanks() == 1
                && model.getComponentSize(0) == 8
                && image.getRaster().getParent() == null;
    }

    /** The image's own array where it holds nothing else, put in order: a large image has room for one only. */
    private static byte[] interleaved(BufferedImage image) {
        PixelInterleavedSampleModel samples =
                (PixelInterleavedSampleModel) image.getRaster().getSampleModel();
        DataBufferByte buffer = (DataBufferByte) image.getRaster().getDataBuffer();
        byte[] data = buffer.getData();
        int red = samples.getBandOffsets()[0];
        int green = samples.getBandOffsets()[1];
        int blue = samples.getBandOffsets()[2];
        int step = samples.getPixelStride();
        int width = image.getWidth();
        int area = width * image.getHeight();
        boolean own = step == 3
                && data.length == 3 * area
                && buffer.getOffset() == 0
                && samples.getScanlineStride() == 3 * width;
        byte[] rgb = own ? data : new byte[3 * area];
        if (own && red == 0 && green == 1 && blue == 2) {
            return rgb;
        }
        for (int y = 0, to = 0; y < image.getHeight(); y++) {
            int from = buffer.getOffset() + y * samples.getScanlineStride();
            for (int x = 0; x < width; x++, from += step, to += 3) {
                byte r = data[from + red];
                byte g = data[from + green];
                byte b = data[from + blue];
                rgb[to] = r;
                rgb[to + 1] = g;
                rgb[to + 2] = b;
            }
        }
        return rgb;
    }

    private static void copyPalette(BufferedImage image, IndexColorModel palette, byte[] rgb) {
        // An index beyond the palette, which only broken files have, is black.
        int[] colours = new int[1 << palette.getPixelSize()];
        int[] known = new int[palette.getMapSize()];
        palette.getRGBs(known);
        System.arraycopy(known, 0, colours, 0, Math.min(known.length, colours.length));
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0, to = 0; y < image.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int x = 0; x < width; x++, to += 3) {
                put(colours[row[x]], rgb, to);
            }
        }
    }

    /** Grey (1), RGB (3) or CMYK (4), of up to 16 bits, with or without further channels. */
    private static void copySamples(BufferedImage image, int colours, byte[] rgb) throws ImageException {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int bands = raster.getNumBands();
        int[] scale = largest(image);
        boolean multiplied = image.getColorModel().isAlphaPremultiplied();
        if (multiplied && colours == 4) {
            throw new ImageException(Code.UNSUPPORTED, "CMYK that is multiplied by an alpha channel");
        }
        int[] row = new int[width * bands];
        for (int y = 0, to = 0; y < image.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int from = 0; from < row.length; from += bands, to += 3) {
                for (int band = 0; band < bands; band++) {
                    row[from + band] &= scale[band];
                }
                if (multiplied) {
                    divide(row, from, colours, scale[0]);
                }
                for (int c = 0; c < 3; c++) {
                    int band = colours == 1 ? 0 : c;
                    int value = to8Bits(row[from + band], scale[band]);
                    if (colours == 4) {
                        int black = to8Bits(row[from + 3], scale[3]);
                        value = ((255 - value) * (255 - black) + 127) / 255;
                    }
                    rgb[to + c] = (byte) value;
                }
            }
        }
    }

    /**
     * The largest value of each band: of 12 bits, say, where the array has 16. Bits above it mean nothing; the TIFF reader sets
     * them where white is 0.
     */
    private static int[] largest(BufferedImage image) {
        ColorModel model = image.getColorModel();
        Raster raster = image.getRaster();
        int[] largest = new int[raster.getNumBands()];
        for (int band = 0; band < largest.length; band++) {
            int bits = model instanceof ComponentColorModel && band < model.getNumComponents()
                    ? model.getComponentSize(band)
                    : raster.getSampleModel().getSampleSize(band);
            largest[band] = (1 << bits) - 1;
        }
        return largest;
    }

    /** Divides colours by the alpha that follows them, as Pillow does: rounded down, and black where alpha is 0. */
    private static void divide(int[] row, int from, int colours, int max) {
        int alpha = row[from + colours];
        for (int i = from; i < from + colours; i++) {
            row[i] = alpha == 0 ? 0 : (int) Math.min(max, (long) row[i] * max / alpha);
        }
    }

    private static int to8Bits(int value, int scale) {
        return (int) ((value * 255L + scale / 2) / scale);
    }

    /** Whatever else there is, converted by Java: packed 16-bit pixels, Lab. */
    private static void copyConverted(BufferedImage image, byte[] rgb) {
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0, to = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++, to += 3) {
                put(row[x], rgb, to);
            }
        }
    }

    private static void put(int colour, byte[] rgb, int to) {
        rgb[to] = (byte) (colour >> 16);
        rgb[to + 1] = (byte) (colour >> 8);
        rgb[to + 2] = (byte) colour;
    }

    private static void requireIntegers(BufferedImage image) throws ImageException {
        int type = image.getRaster().getTransferType();
        if (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT) {
            String kind =
                    switch (type) {
                        case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> "floating point";
                        case DataBuffer.TYPE_SHORT -> "signed";
                        default -> "integer";
                    };
            throw new ImageException(
                    Code.UNSUPPORTED,
                    "%s samples of %d bits: expected unsigned integers of up to 16 bits"
                            .formatted(kind, image.getColorModel().getComponentSize(0)));
        }
    }
}
