package io.fcnspark.engine;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Shape;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Requantisation;
import io.fcnspark.weights.Tensor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Computes a quantised network with the very integers that engines in int8 have to have: sums are exact, and what is rounded
 * is rounded as {@link Requantisation} says. All other layers are those of {@link ReferenceExecutor}, in double precision.
 */
public final class QuantisedReference {
    private final Model model;
    private final Fcn network;
    private final Quantisation quantisation;
    private final ReferenceExecutor others;

    public QuantisedReference(Model model) {
        this.model = model;
        this.network = model.description().network();
        this.quantisation = model.description().quantisation();
        this.others = new ReferenceExecutor(network, model.weights());
    }

    /** The values of every layer by name, for one preprocessed image: integers times the worth of a step, in fp32, where it has them. */
    public Map<String, Values> run(Values data) {
        return others.run(
                data,
                (c, in, shape) ->
                        quantisation.includes(c.name()) ? convolve(c, in, shape) : others.convolve(c, in, shape));
    }

    private Values convolve(Convolution c, Values in, Shape shape) {
        String source = Quantisation.source(network.layers(), c);
        float step = quantisation.scale(source).orElseThrow();
        Values integers = source.equals(Fcn.DATA)
                ? ReferenceExecutor.map(in.shape(), (i, y, x) -> stored((float) in.at(i, y, x) * (1 / step), -128, 127))
                : ReferenceExecutor.map(in.shape(), (i, y, x) -> Math.rint(in.at(i, y, x) / step));
        Tensor weight = model.weights().tensor(c.name() + ".weight");
        ByteBuffer weights = weight.bytes();
        Requantisation requantisation = Requantisation.of(c, network.layers(), model.weights(), quantisation);
        Optional<Float> result = quantisation.scale(c.name());
        int k = c.kernel();
        return ReferenceExecutor.map(shape, (o, y, x) -> {
            int sum = 0;
            for (int i = 0; i < c.inputChannels(); i++) {
                for (int ky = 0; ky < k; ky++) {
                    for (int kx = 0; kx < k; kx++) {
                        int value = (int) integers.orZero(i, y + ky - c.padding(), x + kx - c.padding());
                        sum += value * weights.get(((o * c.inputChannels() + i) * k + ky) * k + kx);
                    }
                }
            }
            float value = requantisation.apply(o, sum);
            float activated = c.activation() == Activation.RELU ? Math.max(0, value) : value;
            return result.isPresent() ? (float) stored(activated, 0, 255) * result.get() : activated;
        });
    }

    private static double stored(float steps, int least, int greatest) {
        return Math.max(least, Math.min(greatest, Math.rint(steps)));
    }
}
