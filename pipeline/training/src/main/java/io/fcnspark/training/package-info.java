/**
 * Fine-tuning on Spark with DL4J: what a step of training does (augmentation, loss, schedule), and {@link
 * io.fcnspark.training.Trainer}, which runs steps on workers and averages what they learn.
 */
package io.fcnspark.training;
