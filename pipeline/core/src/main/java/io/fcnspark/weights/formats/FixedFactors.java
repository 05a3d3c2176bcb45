package io.fcnspark.weights.formats;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;

/** Caffe keeps the fixed factors of at-once nets as blobs, one value per channel; the network knows them itself. */
final class FixedFactors {
    private FixedFactors() {}

    /** Names of the blobs; none for networks without such factors. */
    static List<String> blobs(Fcn network) {
        return scales(network).map(FixedFactors::blob).toList();
    }

    /** @throws ModelException if a blob that is there holds another factor than the network's */
    static void require(WeightFile file, Fcn network) {
        scales(network).forEach(scale -> {
            Tensor blob = file.tensors().get(blob(scale));
            if (blob != null) {
                require(file, network, scale, blob.floats());
            }
        });
    }

    private static void require(WeightFile file, Fcn network, Layer.Scale scale, FloatBuffer values) {
        while (values.hasRemaining()) {
            float value = values.get();
            if (Math.abs(value - scale.factor()) > 1e-6 * scale.factor()) {
                throw new ModelException(
                        "%s: tensor '%s' holds the value %s, expected the fixed factor %s of %s; this net was trained with other factors, which cannot be imported"
                                .formatted(file.path(), blob(scale), value, scale.factor(), network.variant()));
            }
        }
    }

    private static Stream<Layer.Scale> scales(Fcn network) {
        return network.layers().stream().filter(Layer.Scale.class::isInstance).map(Layer.Scale.class::cast);
    }

    private static String blob(Layer.Scale scale) {
        return scale.name() + "[0]";
    }
}
