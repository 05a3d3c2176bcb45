package io.fcnspark.spark.actions;

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
record HadoopFileBytes(Configuration configuration, long maxBytes) implements FileBytes {
    /** Uncompressed, four channels of 16 bits, and as much again for metadata. */
    private static final int MOST_BYTES_PER_PIXEL = 16;

    /** Files of images with at most {@code maxPixels} pixels. */
    static HadoopFileBytes forImages(Configuration configuration, long maxPixels) {
        return new HadoopFileBytes(configuration, Math.min(maxPixels * MOST_BYTES_PER_PIXEL, 1 << 30));
    }

    @Override
    public byte[] read(String uri) throws IOException {
        Path path = new Path(uri);
        FileSystem fileSystem = path.getFileSystem(configuration);
        try (InputStream in = fileSystem.open(path)) {
            byte[] bytes = in.readNBytes(Math.toIntExact(maxBytes));
            if (bytes.length == maxBytes && in.read() >= 0) {
                throw new IOException("the file has more than %d bytes".formatted(maxBytes));
            }
            return bytes;
        }
    }
}
