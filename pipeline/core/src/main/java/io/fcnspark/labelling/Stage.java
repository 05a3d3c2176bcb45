package io.fcnspark.labelling;

import java.util.Locale;

/** What an image goes through in a task. Stages of different images overlap, so times do not add up to that of the task. */
public enum Stage {
    /** The bytes of image and truth come from the storage; in threads of its own, ahead, but for large images. */
    READ,
    /** From bytes to pixels; in threads of its own, ahead, but for large images. */
    DECODE,
    /** The engine has nothing to do, for no image is decoded yet; with large images, also while they are read and decoded. */
    WAIT,
    /** From pixels to what the network takes. */
    PREPROCESS,
    /** The network. */
    NETWORK,
    /** From scores to labels and confidence; the last upsampling. */
    POSTPROCESS,
    /** Labels against truth. */
    COMPARE,
    /** Labels, and confidence where asked for, become PNG. */
    ENCODE,
    /** Spark and Parquet take the row, and close the file. */
    WRITE;

    /** The name in JSON. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
