package io.fcnspark.training;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.labels.Mask;
import io.fcnspark.training.ExampleReader.Content;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How batches are made of examples, on whatever machine.
 *
 * @param files where bytes come from
 * @param convention how truth is stored, as JSON
 * @param maxPixels files of more pixels are refused
 * @param preprocessing what the network is to see
 * @param augmentation what is taken of an image
 */
public record TrainingData(
        ExampleReader.Files files,
        String convention,
        long maxPixels,
        Preprocessing preprocessing,
        Augmentation augmentation)
        implements Serializable {

    /** Reads the examples that a batch is made of, and others. */
    public ExampleReader reader() {
        return new ExampleReader(files, LabelConventions.fromJson(convention, "the labels of this run"), maxPixels);
    }

    /**
     * Reads, decodes and augments.
     *
     * @return features {@code [N, 3, H, W]}, labels {@code [N, 1, H, W]} as {@link LossLayer} has them
     * @throws ImageException if a file cannot be used; the message names it
     */
    MultiDataSet batch(Batch batch, ExampleReader reader) throws ImageException {
        int count = batch.examples().size();
        int height = augmentation.height();
        int width = augmentation.width();
        float[] images = new float[count * 3 * height * width];
        float[] truths = new float[count * height * width];
        FloatBuffer planes = FloatBuffer.wrap(images);
        SplittableRandom random = new SplittableRandom(batch.seed());
        for (int i = 0; i < count; i++) {
            Content window = augmentation.apply(reader.read(batch.examples().get(i)), random.split());
            preprocessing.apply(window.image(), width, height, planes);
            char[] labels = window.truth().labels();
            for (int pixel = 0; pixel < labels.length; pixel++) {
                truths[i * labels.length + pixel] =
                        labels[pixel] == Mask.IGNORE ? SoftmaxCrossEntropy.IGNORE : labels[pixel];
            }
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(
                array(images, count, 3, height, width), array(truths, count, 1, height, width));
    }

    private static INDArray array(float[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape('c', shape);
    }
}
