package io.fcnspark.network;

/**
 * VGG16 (Simonyan and Zisserman, 2014, configuration D) with all channel counts scaled by a width, so that a slim net of the
 * same family trains in minutes.
 *
 * @param width factor on the channel counts: 1 is VGG16 itself; above 0, at most 4
 */
public record Backbone(double width) {
    /** The name in {@code model.json}. */
    public static final String VGG16 = "vgg16";

    public Backbone {
        if (!(width > 0 && width <= 4)) {
            throw new IllegalArgumentException("width is " + width + ": expected a number above 0 and at most 4");
        }
    }

    /** VGG16 itself: 64 to 512 channels, fc6 and fc7 with 4096. */
    public static Backbone vgg16() {
        return vgg16(1);
    }

    /** VGG16 with {@code width} times as many channels in every layer, rounded, at least one. */
    public static Backbone vgg16(double width) {
        return new Backbone(width);
    }

    /** The scaled count of a layer that has {@code channels} in VGG16. */
    int channels(int channels) {
        return Math.toIntExact(Math.max(1, Math.round(channels * width)));
    }
}
