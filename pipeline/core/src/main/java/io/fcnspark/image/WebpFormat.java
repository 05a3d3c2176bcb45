package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import io.fcnspark.image.webp.WebpFile;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** WebP, lossy and lossless; of an animation the first frame. */
final class WebpFormat implements ImageFormat {
    private static final int RIFF_FRAME = 8;

    @Override
    public String name() {
        return "WebP";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return WebpFile.matches(bytes);
    }

    @Override
    public ImageHeader header(byte[] bytes) throws IOException, ImageException {
        WebpFile file = WebpFile.of(bytes);
        Orientation orientation = file.exifStart() < 0
                ? Orientation.NORMAL
                : Exif.orientation(bytes, file.exifStart(), file.exifEnd() - file.exifStart());
        return ImageHeader.of(file.width(), file.height(), orientation);
    }

    @Override
    public int bytesPerPixel(byte[] bytes) throws IOException {
        // The result, and before it integers with tables of codes, or planes of luma and chroma.
        return WebpFile.of(bytes).lossless() ? 3 + 4 + 4 : 3 + 2;
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        long end = RIFF_FRAME + Bytes.unsigned32(Bytes.littleEndian(bytes), 4);
        // Some writers leave out the last byte of padding.
        if (end > bytes.length + 1L) {
            throw new ImageException(Code.TRUNCATED, "the WebP ends after %d bytes of %d".formatted(bytes.length, end));
        }
        WebpFile file = WebpFile.of(bytes);
        return JavaImages.of(new RgbImage(file.width(), file.height(), file.rgb()));
    }
}
