package io.fcnspark.network;

/** Shape of what a layer yields for one image: channels x height x width. All are positive. */
public record Shape(int channels, int height, int width) {
    public Shape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "shape %dx%dx%d: every dimension must be positive".formatted(channels, height, width));
        }
    }

    /** Number of values. */
    public long size() {
        return (long) channels * height * width;
    }

    Shape withChannels(int newChannels) {
        return new Shape(newChannels, height, width);
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
