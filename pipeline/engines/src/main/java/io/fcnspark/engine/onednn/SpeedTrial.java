package io.fcnspark.engine.onednn;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.Precision;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Operations;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Measures what precisions reach on this processor, in convolutions with the channels of a network's own. Which instructions a
 * processor has says little: bf16 is four times as quick as fp32 on one that has AMX, and half as quick on another that has
 * AVX-512 BF16.
 */
final class SpeedTrial {
    /** The least time of some rounds counts, in which all precisions take turns: other processes delay that least. */
    private static final int ROUNDS = 5;

    /** Height and width of the image by whose operations parts of the network are weighed. */
    private static final int TYPICAL_SIZE = 512;

    /** Outputs of a layer of the trial; fc6 has 4096, each of which takes 6 million operations a pixel. */
    private static final int MOST_OUTPUTS = 512;

    private static final int MOST_OUTPUTS_OF_FC6 = 64;

    private SpeedTrial() {}

    /**
     * A part of the network and the layer that stands for it.
     *
     * @param layer name of the layer
     * @param size height and width of its input in the trial, in pixels
     * @param stands beginnings of the names of the layers that it stands for
     */
    private record Part(String layer, int size, List<String> stands) {
        boolean standsFor(String name) {
            return stands.stream().anyMatch(name::startsWith);
        }

        Convolution convolution(Fcn network) {
            Convolution c = (Convolution) network.layer(layer);
            int outputs = Math.min(c.channels(), c.kernel() > 3 ? MOST_OUTPUTS_OF_FC6 : MOST_OUTPUTS);
            return new Convolution(
                    layer, Fcn.DATA, c.inputChannels(), outputs, c.kernel(), c.kernel() / 2, c.activation());
        }
    }

    private static final List<Part> PARTS = List.of(
            new Part("conv1_2", 64, List.of("conv1", "conv2")),
            new Part("conv3_2", 32, List.of("conv3")),
            new Part("conv4_2", 16, List.of("conv4", "conv5")),
            new Part("fc6", 16, List.of("fc")));

    /**
     * The rate of one thread in each precision.
     *
     * @return in GFLOP/s, over the whole network
     */
    static Map<Precision, Double> gflops(Fcn network, Set<Precision> precisions) {
        OneDnn.library().useThreads(1);
        Map<String, Long> operations = Operations.count(network.layers(), TYPICAL_SIZE, TYPICAL_SIZE);
        double all = 0;
        Map<Precision, Double> seconds = new EnumMap<>(Precision.class);
        for (Part part : PARTS) {
            double represented = operations.entrySet().stream()
                    .filter(layer -> part.standsFor(layer.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            Convolution convolution = part.convolution(network);
            double gflop = 2.0
                    * part.size()
                    * part.size()
                    * convolution.kernel()
                    * convolution.kernel()
                    * convolution.inputChannels()
                    * convolution.channels()
                    / 1e9;
            leastSeconds(convolution, part.size(), precisions)
                    .forEach((precision, least) -> seconds.merge(precision, represented * least / gflop, Double::sum));
            all += represented;
        }
        double sum = all;
        seconds.replaceAll((precision, time) -> sum / time);
        return seconds;
    }

    private static Map<Precision, Double> leastSeconds(Convolution layer, int size, Set<Precision> precisions) {
        FeatureMaps data = FeatureMaps.allocate(1, layer.inputChannels(), size, size);
        FeatureMaps result = FeatureMaps.allocate(1, layer.channels(), size, size);
        List<Contestant> contestants = new ArrayList<>();
        Map<Precision, Double> least = new EnumMap<>(Precision.class);
        try {
            for (Precision precision : precisions) {
                contestants.add(Contestant.of(layer, size, precision));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (Contestant contestant : contestants) {
                    least.merge(contestant.precision(), contestant.seconds(data, result), Math::min);
                }
            }
        } finally {
            contestants.forEach(Contestant::close);
        }
        return least;
    }

    /** A layer compiled for one precision. */
    private record Contestant(Precision precision, String layer, PackedWeights weights, Plan plan, Workspace workspace)
            implements AutoCloseable {
        static Contestant of(Convolution layer, int size, Precision precision) {
            List<Layer> layers = List.of(new Layer.Input(Fcn.DATA, layer.inputChannels()), layer);
            TrialWeights random = TrialWeights.of(layers, precision);
            Descriptions descriptions = Descriptions.of(layers, precision, random.quantisation());
            PackedWeights packed = new PackedWeights(layers, random.weights(), random.quantisation(), descriptions);
            Plan plan = PlanBuilder.plan(layers, packed, descriptions, 1, size, size);
            return new Contestant(precision, layer.name(), packed, plan, new Workspace());
        }

        double seconds(FeatureMaps data, FeatureMaps result) {
            long[] sum = {0};
            plan.run(workspace, new FloatPointer(data.values()), new FloatPointer(result.values()), (step, nanos) -> {
                if (step.equals(layer)) {
                    sum[0] += nanos;
                }
            });
            return sum[0] / 1e9;
        }

        @Override
        public void close() {
            workspace.close();
            plan.close();
            weights.close();
        }
    }
}
