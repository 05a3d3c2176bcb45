package io.fcnspark.image;

import io.fcnspark.image.ImageException.Code;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * JPEG. Truncation is found in the structure of the file, as readers fill up a cut image with grey and only warn: the end
 * marker must come, outside of any segment, so that one within an embedded thumbnail does not count, and bytes after it do
 * not matter. Where it alone is missing, no pixel may be.
 */
final class JpegFormat implements ImageFormat {
    /** As many scans take minutes to decode for files that are made to; encoders write about ten. */
    private static final int MAX_SCANS = 200;

    @Override
    public String name() {
        return "JPEG";
    }

    @Override
    public boolean matches(byte[] bytes) {
        return Bytes.hasAt(bytes, 0, "\u00ff\u00d8\u00ff");
    }

    @Override
    public ImageHeader header(byte[] bytes) throws ImageException {
        JpegStructure structure = JpegStructure.of(bytes);
        JpegStructure.Frame frame = structure
                .frame()
                .orElseThrow(() -> new ImageException(
                        structure.complete() ? Code.UNSUPPORTED : Code.TRUNCATED, "the JPEG has no frame header"));
        return ImageHeader.of(frame.width(), frame.height(), structure.orientation());
    }

    @Override
    public int bytesPerPixel(byte[] bytes) {
        JpegStructure.Frame frame = JpegStructure.of(bytes).frame().orElseThrow();
        // A progressive file's coefficients, 2 bytes each, wait for the last scan; CMYK has a raster of its own.
        int coefficients = frame.process() == 2 ? 2 * frame.components() : 0;
        return coefficients + (frame.components() == 4 ? 4 + 3 : frame.components());
    }

    @Override
    public BufferedImage read(byte[] bytes) throws IOException, ImageException {
        JpegStructure structure = JpegStructure.of(bytes);
        JpegStructure.Frame frame = structure.frame().orElseThrow();
        if (!frame.isSupported()) {
            throw new ImageException(
                    Code.UNSUPPORTED,
                    "JPEG with %s: expected baseline or progressive Huffman coding, 8 bits, 1, 3 or 4 components"
                            .formatted(frame));
        }
        if (structure.scans() > MAX_SCANS) {
            throw new ImageException(
                    Code.UNSUPPORTED, "JPEG of %d scans: expected at most %d".formatted(structure.scans(), MAX_SCANS));
        }
        if (structure.ending() == JpegStructure.Ending.CUT) {
            throw new ImageException(
                    Code.TRUNCATED, "the JPEG ends after %d bytes without an end marker".formatted(bytes.length));
        }
        List<String> damage = new ArrayList<>();
        BufferedImage image = Reading.with(Plugins.jpegReader(), plain(bytes, structure), reader -> {
            reader.addIIOReadWarningListener((source, warning) -> {
                if (isDamage(warning)) {
                    damage.add(warning);
                }
            });
            return frame.components() == 4 ? rgbOfCmyk(reader.readRaster(0, null), structure) : reader.read(0);
        });
        if (!damage.isEmpty()) {
            throw new ImageException(Code.TRUNCATED, "the JPEG's pixels are damaged: " + damage.get(0));
        }
        return image;
    }

    /**
     * The file without its profiles, which the reader would apply, and with its end marker. Of pixels that are missing before
     * that, the reader warns.
     */
    private static byte[] plain(byte[] bytes, JpegStructure structure) {
        if (structure.complete() && structure.profiles().isEmpty()) {
            return bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 2);
        int at = 0;
        for (JpegStructure.Segment profile : structure.profiles()) {
            out.write(bytes, at, profile.start() - at);
            at = profile.end();
        }
        out.write(bytes, at, bytes.length - at);
        if (!structure.complete()) {
            out.write(0xff);
            out.write(0xd9);
        }
        return out.toByteArray();
    }

    /** libjpeg's messages about lost pixels all begin so; superfluous bytes, which some cameras write, lose none. */
    private static boolean isDamage(String warning) {
        return (warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous bytes"))
                || warning.startsWith("Premature end of JPEG file");
    }

    /**
     * RGB of the stored CMYK or YCCK, as the product of ink and black, without profiles, so the same on every machine. Adobe's
     * files, which nearly all are, hold inverted values.
     */
    private static BufferedImage rgbOfCmyk(Raster raster, JpegStructure structure) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        boolean ycck = structure.adobeTransform() == JpegStructure.YCCK;
        int invert = structure.adobeTransform() == JpegStructure.NO_ADOBE ? 0 : 255;
        int[] row = new int[4 * width];
        int[] ink = new int[3];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int from = 0; from < row.length; from += 4, to += 3) {
                if (ycck) {
                    double luma = row[from];
                    double cb = row[from + 1] - 128;
                    double cr = row[from + 2] - 128;
                    ink[0] = 255 - clamp(luma + 1.402 * cr);
                    ink[1] = 255 - clamp(luma - 0.344136 * cb - 0.714136 * cr);
                    ink[2] = 255 - clamp(luma + 1.772 * cb);
                } else {
                    System.arraycopy(row, from, ink, 0, 3);
                }
                int paper = 255 - (row[from + 3] ^ invert);
                for (int c = 0; c < 3; c++) {
                    bgr[to + 2 - c] = (byte) ((paper * (255 - (ink[c] ^ invert)) + 127) / 255);
                }
            }
        }
        return image;
    }

    private static int clamp(double value) {
        return (int) Math.max(0, Math.min(255, Math.rint(value)));
    }
}
