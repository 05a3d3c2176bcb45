package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
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
                BitSet[] values = reaching(layer, reaching);
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

    private static BitSet[] reaching(Layer layer, Map<String, BitSet[]> done) {
        if (layer instanceof Input) {
            BitSet[] pixels = none(SIZE);
            for (int i = 0; i < SIZE; i++) {
                pixels[i].set(i);
            }
            return pixels;
        }
        BitSet[] in = done.get(layer.inputs().get(0));
        if (layer instanceof PadToMultiple pad) {
            BitSet[] out = none((SIZE + pad.multiple() - 1) / pad.multiple() * pad.multiple());
            System.arraycopy(in, 0, out, 0, SIZE);
            return out;
        } else if (layer instanceof Convolution c) {
            return gather(in, none(in.length + 2 * c.padding() - c.kernel() + 1), c.kernel(), 1, c.padding());
        } else if (layer instanceof MaxPool p) {
            return gather(
                    in, none((in.length - p.kernel() + p.stride() - 1) / p.stride() + 1), p.kernel(), p.stride(), 0);
        } else if (layer instanceof TransposedConvolution t) {
            BitSet[] out = none((in.length - 1) * t.stride() + t.kernel() - 2 * t.padding());
            for (int i = 0; i < in.length; i++) {
                for (int k = 0; k < t.kernel(); k++) {
                    int place = i * t.stride() + k - t.padding();
                    if (place >= 0 && place < out.length) {
                        out[place].or(in[i]);
                    }
                }
            }
            return out;
        } else if (layer instanceof Crop crop) {
            BitSet[] out = none(done.get(crop.like()).length);
            System.arraycopy(in, crop.offset(), out, 0, out.length);
            return out;
        } else if (layer instanceof Add add) {
            BitSet[] right = done.get(add.right());
            BitSet[] out = none(in.length);
            for (int i = 0; i < in.length; i++) {
                out[i].or(in[i]);
                out[i].or(right[i]);
            }
            return out;
        }
        return in;
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
