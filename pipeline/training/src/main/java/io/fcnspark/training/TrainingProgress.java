package io.fcnspark.training;

/**
 * How far an epoch is.
 *
 * @param epoch from 1
 * @param epochs of the whole training
 * @param images seen in this epoch
 * @param imagesOfEpoch to be seen in it
 * @param loss mean of its steps so far
 * @param seconds since it began
 */
public record TrainingProgress(int epoch, int epochs, long images, long imagesOfEpoch, double loss, double seconds) {
    /** Images a second since the epoch began. */
    public double imagesPerSecond() {
        return images / seconds;
    }
}
