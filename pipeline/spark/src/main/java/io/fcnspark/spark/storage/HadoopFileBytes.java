package io.fcnspark.spark.storage;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.FileBytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files of any Hadoop file system, read from beginning to end.
 *
 * @param maxBytes a longer file is refused: no image within the limit of pixels needs more
 */
public record HadoopFileBytes(Configuration configuration, long maxBytes) implements FileBytes {
    /** Uncompressed, four channels of 16 bits, and as much again for metadata. */
    private static final int MOST_BYTES_PER_PIXEL = 16;

    /** Java's arrays hold little more. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    /** Files of images with at most {@code maxPixels} pixels; what fails in passing is tried again. */
    public static FileBytes forImages(Configuration configuration, long maxPixels) {
        return RetriedFileBytes.of(new HadoopFileBytes(configuration, mostBytes(maxPixels)));
    }

    /** Bytes of an image of at most {@code maxPixels} pixels, at most. */
    public static long mostBytes(long maxPixels) {
        return Math.min(maxPixels * MOST_BYTES_PER_PIXEL, MOST_BYTES);
    }

    @Override
    public byte[] read(String uri) throws IOException, ImageException {
        Path path = path(uri);
        FileSystem fileSystem = HadoopPaths.fileSystem(path, configuration);
        if (StoredFiles.isLocal(fileSystem)) {
            LocalFiles.requireFile(fileSystem.makeQualified(path));
        }
        try (InputStream in = StoredFiles.open(path, 0, configuration)) {
            byte[] bytes = in.readNBytes(Math.toIntExact(maxBytes));
            if (bytes.length == maxBytes && in.read() >= 0) {
                throw new ImageException(Code.TOO_LARGE, "the file has more than %d bytes".formatted(maxBytes));
            }
            return bytes;
        } catch (FileNotFoundException e) {
            // Java's name for a local file without the right to read it, too.
            if (fileSystem.exists(path)) {
                throw new IOException(e.getMessage(), e);
            }
            throw e;
        }
    }

    private static Path path(String uri) throws ImageException {
        try {
            return new Path(uri);
        } catch (IllegalArgumentException e) {
            throw new ImageException(
                    Code.UNREADABLE, "'%s' is no path and no URI: %s".formatted(uri, HadoopPaths.reason(e)), e);
        }
    }
}
