package io.fcnspark.training;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param learningRate of its first step
 * @param loss mean over its steps, without weight decay
 * @param pixelAccuracy on the validation images, 0 … 1
 * @param meanIou on the validation images, 0 … 1
 * @param seconds of training and validation
 * @param imagesPerSecond of training alone
 */
public record EpochResult(
        int epoch,
        double learningRate,
        double loss,
        double pixelAccuracy,
        double meanIou,
        double seconds,
        double imagesPerSecond) {}
