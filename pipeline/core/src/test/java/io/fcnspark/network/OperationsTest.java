package io.fcnspark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class OperationsTest {
    @Test
    void operationsOfAnImageOf512() {
        Fcn network = Fcn.of(Variant.FCN_8S, Backbone.vgg16(), 21, Geometry.SAME);
        Map<String, Long> operations = Operations.count(network.layers(), 512, 512);
        // Two for each weight of the filter at each of the places.
        assertThat(operations)
                .containsEntry("conv1_1", 2L * 64 * 27 * 512 * 512)
                .containsEntry("conv5_3", 2L * 512 * 512 * 9 * 32 * 32)
                .containsEntry("fc6", 2L * 4096 * 25088 * 16 * 16)
                .containsEntry("fc7", 2L * 4096 * 4096 * 16 * 16)
                .containsEntry("upscore8", 2L * 21 * 21 * 256 * 64 * 64)
                .containsEntry("pool1", 0L)
                .containsEntry("fuse_pool3", 0L);
        long total = operations.values().stream().mapToLong(Long::longValue).sum();
        assertThat(total / 1e9).isCloseTo(222.613, within(0.001));
    }

    /** Published for VGG16 at 224x224: 15.35 billion multiplications and additions in the 13 convolutions. */
    @Test
    void convolutionsOfVgg16() {
        Fcn network = Fcn.of(Variant.FCN_32S, Backbone.vgg16(), 21, Geometry.SAME);
        long pairs = Operations.count(network.layersUpTo("pool5"), 224, 224).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                / 2;
        assertThat(pairs / 1e9).isCloseTo(15.35, within(0.01));
    }
}
