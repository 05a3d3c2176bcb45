package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Crop offsets and paddings, derived anew: where in the image does each value of a layer have its centre? The authors derive
 * their offsets from this question too (Caffe's {@code coord_map.py}).
 */
final class AlignmentTest {
    /** Value number i has its centre at pixel {@code origin + i * stride}. */
    private record Grid(double origin, double stride) {}

    @ParameterizedTest
    @EnumSource
    void gridsThatMeetAreTheSame(Variant variant) {
        for (Geometry geometry : Geometry.values()) {
            Map<String, Grid> grids = new HashMap<>();
            for (Layer layer : Fcn.of(variant, Backbone.vgg16(), 21, geometry).layers()) {
                Grid grid = layer.accept(new Grids(grids));
                grids.put(layer.name(), grid);
                if (layer instanceof Add add) {
                    requireSame(add.name(), grids.get(add.left()), grids.get(add.right()));
                } else if (layer instanceof Crop crop) {
                    requireSame(crop.name(), grid, grids.get(crop.like()));
                }
            }
            assertThat(grids.get("fc7").stride()).isEqualTo(32);
            requireSame("score", grids.get(Fcn.SCORE), new Grid(0, 1));
        }
    }

    private static void requireSame(String layer, Grid found, Grid expected) {
        assertThat(found.origin()).as(layer).isCloseTo(expected.origin(), within(1e-9));
        assertThat(found.stride()).as(layer).isEqualTo(expected.stride());
    }

    private record Grids(Map<String, Grid> grids) implements Layer.Visitor<Grid> {
        @Override
        public Grid input(Input layer) {
            return new Grid(0, 1);
        }

        @Override
        public Grid padToMultiple(PadToMultiple layer) {
            return grids.get(layer.input());
        }

        @Override
        public Grid convolution(Convolution layer) {
            Grid in = grids.get(layer.input());
            return new Grid(in.origin + in.stride * ((layer.kernel() - 1) / 2.0 - layer.padding()), in.stride);
        }

        @Override
        public Grid maxPool(MaxPool layer) {
            Grid in = grids.get(layer.input());
            return new Grid(in.origin + in.stride * (layer.kernel() - 1) / 2.0, in.stride * layer.stride());
        }

        @Override
        public Grid dropout(Dropout layer) {
            return grids.get(layer.input());
        }

        @Override
        public Grid scale(Scale layer) {
            return grids.get(layer.input());
        }

        @Override
        public Grid transposedConvolution(TransposedConvolution layer) {
            // The convolution that this is the transpose of would lead from this grid to the input's.
            Grid in = grids.get(layer.input());
            double stride = in.stride / layer.stride();
            return new Grid(in.origin - stride * ((layer.kernel() - 1) / 2.0 - layer.padding()), stride);
        }

        @Override
        public Grid crop(Crop layer) {
            Grid in = grids.get(layer.input());
            return new Grid(in.origin + in.stride * layer.offset(), in.stride);
        }

        @Override
        public Grid add(Add layer) {
            return grids.get(layer.left());
        }
    }
}
