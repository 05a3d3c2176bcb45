package io.fcnspark.image;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** Images as Java has them. */
final class JavaImages {
    private JavaImages() {}

    /** The image, on the very same array. */
    static BufferedImage of(RgbImage image) {
        return new BufferedImage(
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        ColorModel.OPAQUE,
                        DataBuffer.TYPE_BYTE),
                Raster.createInterleavedRaster(
                        new DataBufferByte(image.rgb(), image.rgb().length),
                        image.width(),
                        image.height(),
                        3 * image.width(),
                        3,
                        new int[] {0, 1, 2},
                        new Point()),
                false,
                null);
    }
}
