package io.fcnspark.weights.formats;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.image.Preprocessing.ChannelOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What published weights were trained to see. */
public enum PublishedPreprocessing {
    /** VGG16 in Caffe, Keras and tensorflow-vgg: BGR, 0 to 255, minus ImageNet's mean. */
    CAFFE(Preprocessing.CAFFE_VGG16),
    /** The same values in the order RGB. */
    CAFFE_RGB(caffe(ChannelOrder.RGB, 123.68, 116.779, 103.939)),
    /** The authors' FCNs for PASCAL VOC and PASCAL-Context: BGR, 0 to 255 ({@code voc_layers.py}). */
    CAFFE_FCN(Preprocessing.CAFFE_FCN),
    /** The authors' FCNs for NYUDv2, colour: BGR, 0 to 255 ({@code nyud_layers.py}). */
    CAFFE_NYUD(caffe(ChannelOrder.BGR, 116.190, 97.203, 92.318)),
    /** The authors' FCNs for SIFT Flow: BGR, 0 to 255 ({@code siftflow_layers.py}). */
    CAFFE_SIFTFLOW(caffe(ChannelOrder.BGR, 114.578, 115.294, 108.353)),
    /** torchvision, timm and the ONNX model zoo: RGB, 0 to 1, minus ImageNet's mean, by its standard deviation. */
    TORCH(Preprocessing.TORCH),
    /** torchvision's {@code VGG16_Weights.IMAGENET1K_FEATURES}: RGB, 0 to 1, minus a mean, by 1/255. */
    TORCH_FEATURES(new Preprocessing(
            ChannelOrder.RGB, 1.0 / 255, List.of(0.48235, 0.45882, 0.40784), List.of(1.0 / 255, 1.0 / 255, 1.0 / 255)));

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers and unmodifiable lists
    private final Preprocessing preprocessing;

    PublishedPreprocessing(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
    }

    private static Preprocessing caffe(ChannelOrder order, double first, double second, double third) {
        return new Preprocessing(order, 1, List.of(first, second, third), List.of(1.0, 1.0, 1.0));
    }

    /** The values. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** The name that users choose it by, for example {@code caffe-fcn}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All names, for messages. */
    static String ids() {
        return Arrays.stream(values()).map(PublishedPreprocessing::id).collect(Collectors.joining(", "));
    }

    /**
     * The preprocessing of a name.
     *
     * @throws IllegalArgumentException for an unknown name; the message lists the known ones
     */
    public static PublishedPreprocessing of(String id) {
        return Arrays.stream(values())
                .filter(preprocessing -> preprocessing.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown preprocessing '%s': expected one of %s".formatted(id, ids())));
    }
}
