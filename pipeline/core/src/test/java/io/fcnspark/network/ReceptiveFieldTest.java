package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReceptiveFieldTest {
    private static final int SIZE = 1500;

    /** Table 1 of the paper: FCN-VGG16 has receptive fields of 404 pixels at a stride of 32. */
    @ParameterizedTest
    @EnumSource
    void fc7SeesWhatThePaperSays(Geometry geometry) {
        Map<String, ReceptiveField> fields = ReceptiveField.of(
                Fcn.of(Variant.FCN_32S, Backbone.vgg16(), 21, geometry).layers());
        assertThat(fields.get("fc7")).isEqualTo(new ReceptiveField(404, 32));
        assertThat(fields.get("pool5")).isEqualTo(new ReceptiveField(212, 32));
        assertThat(fields.get("conv1_1")).isEqualTo(new ReceptiveField(3, 1));
    }

    /**
     * Follows every pixel of a row through the network, which is the same in both directions, and counts what reaches each
     * value.
     */
    @ParameterizedTest
    @EnumSource
    void fieldsAreWhatReachesAValue(Variant variant) {
        for (Geometry geometry : Geometry.values()) {
            List<Layer> layers =
                    Fcn.of(variant, Backbone.vgg16(1.0 / 64), 2, geometry).layers();
            Map<String, ReceptiveField> fields = ReceptiveField.of(layers);
            Map<String, BitSet[]> reaching = new HashMap<>();
            for (Layer layer : layers) {
                BitSet[] values = layer.accept(new Reach(reaching));
                reaching.put(layer.name(), values);
                ReceptiveField field = fields.get(layer.name());

                int largest = 0;
                for (BitSet pixels : values) {
                    largest = Math.max(largest, pixels.length() - Math.max(0, pixels.nextSetBit(0)));
                }
                assertThat(field.size()).as(layer.name()).isEqualTo(largest);

                BitSet middle = values[values.length / 2];
                BitSet next = values[values.length / 2 + 32 / field.stride()];
                assertThat(next.nextSetBit(0) - middle.nextSetBit(0))
                        .as(layer.name())
                        .isEqualTo(32);
            }
        }
    }

    private record Reach(Map<String, BitSet[]> done) implements Layer.Visitor<BitSet[]> {
        @Override
        public BitSet[] input(Input layer) {
            BitSet[] pixels = none(SIZE);
            for (int i = 0; i < SIZE; i++) {
                pixels[i].set(i);
            }
            return pixels;
        }

        @Override
        public BitSet[] padToMultiple(PadToMultiple layer) {
            BitSet[] out = none((SIZE + layer.multiple() - 1) / layer.multiple() * layer.multiple());
            System.arraycopy(done.get(layer.input()), 0, out, 0, SIZE);
            return out;
        }

        @Override
        public BitSet[] convolution(Convolution layer) {
            BitSet[] in = done.get(layer.input());
            int length = in.length + 2 * layer.padding() - layer.kernel() + 1;
            return gather(in, none(length), layer.kernel(), 1, layer.padding());
        }

        @Override
        public BitSet[] maxPool(MaxPool layer) {
            BitSet[] in = done.get(layer.input());
            int length = (in.length - layer.kernel() + layer.stride() - 1) / layer.stride() + 1;
            return gather(in, none(length), layer.kernel(), layer.stride(), 0);
        }

        @Override
        public BitSet[] dropout(Dropout layer) {
            return done.get(layer.input());
        }

        @Override
        public BitSet[] scale(Scale layer) {
            return done.get(layer.input());
        }

        @Override
        public BitSet[] transposedConvolution(TransposedConvolution layer) {
            BitSet[] in = done.get(layer.input());
            BitSet[] out = none((in.length - 1) * layer.stride() + layer.kernel() - 2 * layer.padding());
            for (int i = 0; i < in.length; i++) {
                for (int k = 0; k < layer.kernel(); k++) {
                    int place = i * layer.stride() + k - layer.padding();
                    if (place >= 0 && place < out.length) {
                        out[place].or(in[i]);
                    }
                }
            }
            return out;
        }

        @Override
        public BitSet[] crop(Crop layer) {
            BitSet[] out = none(done.get(layer.like()).length);
            System.arraycopy(done.get(layer.input()), layer.offset(), out, 0, out.length);
            return out;
        }

        @Override
        public BitSet[] add(Add layer) {
            BitSet[] left = done.get(layer.left());
            BitSet[] right = done.get(layer.right());
            BitSet[] out = none(left.length);
            for (int i = 0; i < left.length; i++) {
                out[i].or(left[i]);
                out[i].or(right[i]);
            }
            return out;
        }
    }

    private static BitSet[] gather(BitSet[] in, BitSet[] out, int kernel, int stride, int padding) {
        for (int i = 0; i < out.length; i++) {
            for (int k = 0; k < kernel; k++) {
                int place = i * stride + k - padding;
                if (place >= 0 && place < in.length) {
                    out[i].or(in[place]);
                }
            }
        }
        return out;
    }

    private static BitSet[] none(int size) {
        BitSet[] sets = new BitSet[size];
        for (int i = 0; i < size; i++) {
            sets[i] = new BitSet();
        }
        return sets;
    }

    @Test
    void scoresSeeMoreThanFc7() {
        Map<String, ReceptiveField> fields = ReceptiveField.of(
                Fcn.of(Variant.FCN_32S, Backbone.vgg16(), 21, Geometry.CAFFE).layers());
        // Bilinear upsampling from stride 32 mixes two neighbours.
        assertThat(fields.get(Fcn.SCORE)).isEqualTo(new ReceptiveField(404 + 32, 1));
    }
}
