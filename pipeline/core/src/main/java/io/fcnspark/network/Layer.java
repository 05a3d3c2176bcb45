package io.fcnspark.network;

import java.util.List;

/**
 * One line of a network, of a kind that {@link Visitor} tells. {@code input} and the like name the layers whose results this one takes; they stand earlier in the
 * list. Kernels, strides and paddings are the same in both directions.
 */
public sealed interface Layer {
    /** The authors' name of the layer, unique within a network. */
    String name();

    /** Names of the layers that this one reads, in order. */
    List<String> inputs();

    /** Calls the method of this layer's kind. */
    <T> T accept(Visitor<T> visitor);

    /**
     * What is done with each kind of layer. There is no default: with a new kind, the compiler finds every place that has to
     * know it.
     */
    interface Visitor<T> {
        T input(Input layer);

        T padToMultiple(PadToMultiple layer);

        T convolution(Convolution layer);

        T maxPool(MaxPool layer);

        T dropout(Dropout layer);

        T scale(Scale layer);

        T transposedConvolution(TransposedConvolution layer);

        T crop(Crop layer);

        T add(Add layer);
    }

    /** What follows a convolution. */
    enum Activation {
        NONE,
        RELU
    }

    /** The image: preprocessed values, three channels. */
    record Input(String name, int channels) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of();
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.input(this);
        }
    }

    /** Zeros added at the right and at the bottom until height and width are multiples of {@code multiple}. */
    record PadToMultiple(String name, String input, int multiple) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.padToMultiple(this);
        }
    }

    /** Cross-correlation with stride 1 and a bias, zero-padded by {@code padding} on all four sides. */
    record Convolution(
            String name, String input, int inputChannels, int channels, int kernel, int padding, Activation activation)
            implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.convolution(this);
        }
    }

    /** Maximum over windows; a window that reaches over the right or bottom edge counts what is inside (rounds up). */
    record MaxPool(String name, String input, int kernel, int stride) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.maxPool(this);
        }
    }

    /** Identity when predicting; in training sets values to zero with probability {@code rate}. */
    record Dropout(String name, String input, double rate) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.dropout(this);
        }
    }

    /** Multiplies by a constant. */
    record Scale(String name, String input, double factor) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.scale(this);
        }
    }

    /**
     * The transpose of a convolution with this kernel and stride, without bias; the full result, {@code (size - 1) * stride +
     * kernel} wide, loses {@code padding} on each side.
     */
    record TransposedConvolution(
            String name, String input, int inputChannels, int channels, int kernel, int stride, int padding)
            implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.transposedConvolution(this);
        }
    }

    /** The window of {@code input} that starts at ({@code offset}, {@code offset}) and has the height and width of {@code like}. */
    record Crop(String name, String input, String like, int offset) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(input, like);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.crop(this);
        }
    }

    /** Sum of two results of the same shape. */
    record Add(String name, String left, String right) implements Layer {
        @Override
        public List<String> inputs() {
            return List.of(left, right);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.add(this);
        }
    }
}
