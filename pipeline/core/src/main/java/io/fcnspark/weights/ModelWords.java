package io.fcnspark.weights;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Backbone;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;

/** What a model is, in words, the same wherever people read of it. */
public final class ModelWords {
    private ModelWords() {}

    /** For example {@code fcn8s over vgg16, width 1, geometry caffe}. */
    public static String network(ModelDescription model) {
        return model.architecture().accept(fcn -> "%s over %s, width %s, geometry %s"
                .formatted(fcn.variant(), Backbone.VGG16, number(fcn.backbone().width()), fcn.geometry()));
    }

    /** What is to be done with the values 0 to 255 of an image, and in which order its channels are. */
    public static String preprocessing(ModelDescription model) {
        Preprocessing preprocessing = model.preprocessing();
        return "%s, (value * %s - mean) / deviation, mean %s, deviation %s"
                .formatted(
                        preprocessing.channelOrder(),
                        number(preprocessing.scale()),
                        numbers(preprocessing.mean()),
                        numbers(preprocessing.standardDeviation()));
    }

    /** Every class with its id, for example {@code 0 sky, 1 road}. */
    public static String classes(ModelDescription model) {
        return model.classes().classes().stream()
                .map(c -> c.id() + " " + c.name())
                .collect(Collectors.joining(", "));
    }

    private static String numbers(List<Double> values) {
        return values.stream().map(ModelWords::number).collect(Collectors.joining(" "));
    }

    /** Eight significant digits, enough for every published mean, without trailing zeros. */
    public static String number(double value) {
        return new BigDecimal(value)
                .round(new MathContext(8))
                .stripTrailingZeros()
                .toPlainString();
    }
}
