package io.fcnspark.network;

import static io.fcnspark.network.Layer.Activation.NONE;
import static io.fcnspark.network.Layer.Activation.RELU;

import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down the layers of an FCN, one line each, as the authors' {@code net.py} does. */
final class FcnLayers {
    static final String DATA = "data";
    static final String SCORE = "score";

    private static final int COLOURS = 3;

    private final Variant variant;
    private final Backbone backbone;
    private final int classes;
    private final boolean caffe;

    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, Integer> channels = new HashMap<>();

    FcnLayers(Variant variant, Backbone backbone, int classes, Geometry geometry) {
        this.variant = variant;
        this.backbone = backbone;
        this.classes = classes;
        this.caffe = geometry == Geometry.CAFFE;
    }

    List<Layer> build() {
        String data = add(new Input(DATA, COLOURS), COLOURS);
        String padded = caffe ? data : add(new PadToMultiple("data_pad", data, Geometry.SAME.sizeMultiple()), COLOURS);

        String conv1 = conv3x3("conv1_2", conv("conv1_1", padded, width(64), 3, caffe ? 100 : 1, RELU), 64);
        String pool1 = pool("pool1", conv1);
        String pool2 = pool("pool2", conv3x3("conv2_2", conv3x3("conv2_1", pool1, 128), 128));
        String conv3 = conv3x3("conv3_3", conv3x3("conv3_2", conv3x3("conv3_1", pool2, 256), 256), 256);
        String pool3 = pool("pool3", conv3);
        String conv4 = conv3x3("conv4_3", conv3x3("conv4_2", conv3x3("conv4_1", pool3, 512), 512), 512);
        String pool4 = pool("pool4", conv4);
        String conv5 = conv3x3("conv5_3", conv3x3("conv5_2", conv3x3("conv5_1", pool4, 512), 512), 512);
        String pool5 = pool("pool5", conv5);

        String drop6 = dropout("drop6", conv("fc6", pool5, width(4096), 7, caffe ? 0 : 3, RELU));
        String drop7 = dropout("drop7", conv("fc7", drop6, width(4096), 1, 0, RELU));
        String scoreFr = score("score_fr", drop7);

        switch (variant) {
            case FCN_32S -> crop(SCORE, upsample("upscore", scoreFr, 64, 32), data, 19);
            case FCN_16S -> {
                String fusePool4 = fusePool4(pool4, scoreFr);
                crop(SCORE, upsample("upscore16", fusePool4, 32, 16), data, 27);
            }
            case FCN_8S, FCN_8S_AT_ONCE -> {
                String upscorePool4 = upsample("upscore_pool4", fusePool4(pool4, scoreFr), 4, 2);
                String fusePool3 = fuse("pool3", upscorePool4, scorePool(pool3, 0.0001), 9);
                crop(SCORE, upsample("upscore8", fusePool3, 16, 8), data, 31);
            }
        }
        return layers;
    }

    private String fusePool4(String pool4, String scoreFr) {
        return fuse("pool4", upsample("upscore2", scoreFr, 4, 2), scorePool(pool4, 0.01), 5);
    }

    /** Scores a finer pool; training all at once takes its values down to the size of the coarser ones first. */
    private String scorePool(String pool, double factorAtOnce) {
        String input = variant == Variant.FCN_8S_AT_ONCE ? scale("scale_" + pool, pool, factorAtOnce) : pool;
        return score("score_" + pool, input);
    }

    /** Adds the score of a finer pool to upsampled scores; in Caffe's geometry the finer one has a margin to lose first. */
    private String fuse(String pool, String upsampled, String score, int offset) {
        String cropped = caffe ? crop("score_" + pool + "c", score, upsampled, offset) : score;
        return add(new Add("fuse_" + pool, upsampled, cropped), classes);
    }

    private String conv3x3(String name, String input, int vggChannels) {
        return conv(name, input, width(vggChannels), 3, 1, RELU);
    }

    private String score(String name, String input) {
        return conv(name, input, classes, 1, 0, NONE);
    }

    private String conv(String name, String input, int outputs, int kernel, int padding, Activation activation) {
        return add(new Convolution(name, input, channels.get(input), outputs, kernel, padding, activation), outputs);
    }

    private String pool(String name, String input) {
        return add(new MaxPool(name, input, 2, 2), channels.get(input));
    }

    private String dropout(String name, String input) {
        return add(new Dropout(name, input, 0.5), channels.get(input));
    }

    private String scale(String name, String input, double factor) {
        return add(new Scale(name, input, factor), channels.get(input));
    }

    private String upsample(String name, String input, int kernel, int stride) {
        int padding = caffe ? 0 : (kernel - stride) / 2;
        return add(new TransposedConvolution(name, input, classes, classes, kernel, stride, padding), classes);
    }

    /** In the 'same' geometry grids are aligned already, and what is cut off is the padding at the right and bottom. */
    private String crop(String name, String input, String like, int caffeOffset) {
        return add(new Crop(name, input, like, caffe ? caffeOffset : 0), channels.get(input));
    }

    private int width(int vggChannels) {
        return backbone.channels(vggChannels);
    }

    private String add(Layer layer, int outputChannels) {
        layers.add(layer);
        channels.put(layer.name(), outputChannels);
        return layer.name();
    }
}
