package io.fcnspark.image;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What the network was trained to see: for a channel value v in 0 … 255, {@code (v * scale - mean) / standardDeviation}.
 * Padding comes after normalisation, so a padded pixel is 0.
 *
 * @param channelOrder order of the colours in the tensor
 * @param scale factor on 0 … 255: 1, or 1/255
 * @param mean per channel, in the order of the tensor, in the scaled unit
 * @param standardDeviation per channel, in the order of the tensor, in the scaled unit; positive
 */
public record Preprocessing(ChannelOrder channelOrder, double scale, List<Double> mean, List<Double> standardDeviation)
        implements Serializable {

    /** Order of the three colours. */
    public enum ChannelOrder {
        RGB,
        BGR
    }

    /** The ImageNet mean of the classifier's Caffe weights: BGR, 0 to 255, no division. */
    public static final Preprocessing CAFFE_VGG16 =
            new Preprocessing(ChannelOrder.BGR, 1, List.of(103.939, 116.779, 123.68), List.of(1.0, 1.0, 1.0));

    /** The mean of the authors' FCN weights: BGR, 0 to 255, no division ({@code voc_layers.py}). */
    public static final Preprocessing CAFFE_FCN =
            new Preprocessing(ChannelOrder.BGR, 1, List.of(104.00699, 116.66877, 122.67892), List.of(1.0, 1.0, 1.0));

    /** torchvision's: RGB, 0 to 1, ImageNet mean and standard deviation. */
    public static final Preprocessing TORCH =
            new Preprocessing(ChannelOrder.RGB, 1.0 / 255, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    public Preprocessing {
        mean = List.copyOf(mean);
        standardDeviation = List.copyOf(standardDeviation);
        if (mean.size() != 3 || standardDeviation.size() != 3) {
            throw new IllegalArgumentException("mean %s and standard deviation %s: expected three numbers each"
                    .formatted(mean, standardDeviation));
        }
        if (!(scale > 0) || standardDeviation.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("scale %s and standard deviation %s: expected positive numbers"
                    .formatted(scale, standardDeviation));
        }
    }

    /**
     * Writes an image as planes of floats, padded with zeros at the right and bottom.
     *
     * @param image at most {@code paddedWidth} x {@code paddedHeight}
     * @param planes receives 3 x {@code paddedHeight} x {@code paddedWidth} values at its position, which moves past them
     */
    public void apply(RgbImage image, int paddedWidth, int paddedHeight, FloatBuffer planes) {
        int width = image.width();
        byte[] rgb = image.rgb();
        float[] row = new float[paddedWidth];
        float[] zeros = new float[paddedWidth];
        for (int channel = 0; channel < 3; channel++) {
            int colour = channelOrder == ChannelOrder.RGB ? channel : 2 - channel;
            float[] table = table(channel);
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0, i = 3 * y * width + colour; x < width; x++, i += 3) {
                    row[x] = table[rgb[i] & 0xff];
                }
                planes.put(row);
            }
            for (int y = image.height(); y < paddedHeight; y++) {
                planes.put(zeros);
            }
        }
    }

    private float[] table(int channel) {
        float[] table = new float[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (float) ((v * scale - mean.get(channel)) / standardDeviation.get(channel));
        }
        return table;
    }
}
