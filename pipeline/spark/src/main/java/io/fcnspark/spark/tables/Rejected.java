package io.fcnspark.spark.tables;

/** What becomes of images that an earlier run rejected. */
public enum Rejected {
    /** They are done: what was wrong with an image does not change as long as the image does not. */
    KEEP,
    /** They are tried again, for example after truth was added or a limit was raised. */
    RETRY
}
