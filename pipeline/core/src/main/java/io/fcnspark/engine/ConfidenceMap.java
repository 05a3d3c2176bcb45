package io.fcnspark.engine;

/** Whether the confidence of every pixel is kept, at about the size of a photograph per image. */
public enum ConfidenceMap {
    OMIT,
    WRITE
}
