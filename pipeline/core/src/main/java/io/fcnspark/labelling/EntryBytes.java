package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import java.io.FileNotFoundException;
import java.io.IOException;

/** Where the bytes of entries of shards come from. */
@FunctionalInterface
public interface EntryBytes {
    /**
     * Reads an entry.
     *
     * @param image as listed, with the time of the shard
     * @param shard URI of the shard
     * @param offset of its first byte in the tar as it is without compression
     * @param bytes its length, as claimed
     * @throws FileNotFoundException if there is no such shard
     * @throws IOException if the storage does not give it, which may pass
     * @throws ImageException if the shard ends before, is another than was listed, or the entry is too large to be an image
     */
    byte[] read(ImageFile image, String shard, long offset, long bytes) throws IOException, ImageException;
}
