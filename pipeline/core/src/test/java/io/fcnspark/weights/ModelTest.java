package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelTest {
    private static final ClassSet CLASSES =
            new ClassSet("two", List.of(new LabelClass(0, "sky", 0x80c0ff), new LabelClass(1, "road", 0x00000a)), 255);
    private static final Fcn NETWORK = Fcn.of(Variant.FCN_8S, Backbone.vgg16(1.0 / 64), CLASSES.size(), Geometry.SAME);

    @Test
    void aModelWhoseScoreLayersAreZeroIsUntrained() {
        assertThat(model(ScoreLayers.ZERO).isUntrained()).isTrue();
        assertThat(model(ScoreLayers.HE_NORMAL).isUntrained()).isFalse();
    }

    private static Model model(ScoreLayers scores) {
        return new Model(
                new ModelDescription(
                        "model", NETWORK.architecture(), CLASSES, Preprocessing.TORCH, "0".repeat(64), Map.of()),
                RandomWeights.of(NETWORK, 1, scores));
    }
}
