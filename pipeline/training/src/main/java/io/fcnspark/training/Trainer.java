package io.fcnspark.training;

import io.fcnspark.engine.dl4j.FcnGraphs;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.NegligibleValues;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a network on Spark by DL4J's parameter averaging: in each round every worker takes some steps from the same parameters,
 * and their mean is where the next round begins. The driver holds the parameters and the names of all files; a worker holds a
 * copy of the parameters, the optimiser's state and one batch.
 *
 * <p>The order of the images, their augmentation and the dropout depend on the seed and the number of the step, and on nothing
 * before it. With one worker, the same seed gives the same weights on the same machine.
 */
public final class Trainer {
    /** Values, at most, in a piece of the optimiser's state: 1 GB. */
    private static final long PIECE = 1 << 28;

    private final JavaSparkContext context;
    private final Fcn network;
    private final TrainingOptions options;
    private final TrainingData data;
    private final List<Example> examples;
    private final DoubleAccumulator loss;
    private final LongAccumulator stepsTaken;
    private final SparkComputationGraph graph;

    /**
     * A trainer before its first step.
     *
     * @param weights to start from
     * @param examples to learn from, at least one; their order does not matter, but is part of what gives the same weights
     * @param classWeights a factor on the loss for each class
     */
    public Trainer(
            JavaSparkContext context,
            Fcn network,
            Weights weights,
            TrainingOptions options,
            TrainingData data,
            List<Example> examples,
            double[] classWeights) {
        this.context = context;
        this.network = network;
        this.options = options;
        this.data = data;
        this.examples = List.copyOf(examples);
        this.loss = context.sc().doubleAccumulator("sum of the losses of training steps");
        this.stepsTaken = context.sc().longAccumulator("training steps");
        ComputationGraph start =
                new ComputationGraph(TrainingGraph.of(network, DataType.FLOAT, classWeights, options, steps()));
        NegligibleValues.zero(FcnGraphs.floats(FcnGraphs.initialise(start, network, weights)));
        this.graph = new SparkComputationGraph(
                context,
                start,
                new ParameterAveragingTrainingMaster.Builder(options.workers(), options.batch())
                        .batchSizePerWorker(options.batch())
                        .averagingFrequency(options.averagingFrequency())
                        // The partitions are the workers' already.
                        .repartionData(Repartition.Never)
                        .workerPrefetchNumBatches(0)
                        .saveUpdater(true)
                        .rngSeed(options.seed())
                        .trainingHooks(new StepHook(options.seed(), threads(), loss, stepsTaken))
                        .build());
    }

    /**
     * One pass over the examples, in an order of its own. The last batch is filled up with examples from the beginning.
     *
     * @param epoch from 1
     * @param progress is told after every round
     * @return mean loss of the steps
     * @throws DivergedException if the loss is no number any more
     */
    public double epoch(int epoch, Consumer<TrainingProgress> progress) {
        loss.reset();
        stepsTaken.reset();
        long start = System.nanoTime();
        List<Batch> batches = batches(epoch);
        int round = options.round();
        for (int done = 0, end; done < batches.size(); done = end) {
            end = (int) Math.min((long) done + round, batches.size());
            List<Batch> batchesOfRound = batches.subList(done, end);
            BatchLoader loader = new BatchLoader(data, batchesOfRound, garbageOfRound());
            JavaRDD<String> paths =
                    context.parallelize(loader.paths(), Math.min(options.workers(), batchesOfRound.size()));
            graph.fitPaths(paths, loader);
            int stepsDone = (epoch - 1) * stepsOfEpoch() + stepsOf(end);
            graph.getNetwork().getConfiguration().setIterationCount(stepsDone);
            double meanLoss = loss.value() / stepsTaken.value();
            if (!Double.isFinite(meanLoss)) {
                throw new DivergedException(epoch, stepsDone);
            }
            progress.accept(new TrainingProgress(
                    epoch,
                    options.epochs(),
                    (long) end * options.batch(),
                    imagesOfEpoch(),
                    meanLoss,
                    (System.nanoTime() - start) / 1e9));
        }
        zeroNegligible();
        return loss.value() / stepsTaken.value();
    }

    /** Of parameters and state: what was broadcast, the worker's copy, its gradients, its result, and the driver's copy of that. */
    private long garbageOfRound() {
        INDArray state = graph.getNetwork().getUpdater().getStateViewArray();
        long values = graph.getNetwork().numParams() + (state == null ? 0 : state.length());
        return 5 * Float.BYTES * values;
    }

    /** Weight decay shrinks what is never active until processors are slow to compute with it; of the state the same holds. */
    private void zeroNegligible() {
        NegligibleValues.zero(FcnGraphs.floats(graph.getNetwork().params()));
        INDArray state = graph.getNetwork().getUpdater().getStateViewArray();
        if (state != null) {
            NegligibleValues.zero(FcnGraphs.floats(state));
        }
    }

    private List<Batch> batches(int epoch) {
        List<Example> shuffled = new ArrayList<>(examples);
        Collections.shuffle(shuffled, new Random(Seeds.of(options.seed(), epoch)));
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < shuffled.size(); from += options.batch()) {
            List<Example> batch = new ArrayList<>();
            for (int i = from; i < from + options.batch(); i++) {
                batch.add(shuffled.get(i % shuffled.size()));
            }
            batches.add(Batch.of(batch, Seeds.of(options.seed(), epoch, from)));
        }
        return batches;
    }

    /** Images that an epoch shows to the network, those that fill the last batch included. */
    public long imagesOfEpoch() {
        return (long) batchesOfEpoch() * options.batch();
    }

    private int batchesOfEpoch() {
        return (examples.size() + options.batch() - 1) / options.batch();
    }

    /** Steps of each worker in an epoch. */
    private int stepsOfEpoch() {
        return stepsOf(batchesOfEpoch());
    }

    /** Steps of each worker in the whole training, or as many as can be counted. */
    private int steps() {
        return (int) Math.min(Integer.MAX_VALUE, (long) stepsOfEpoch() * options.epochs());
    }

    /** Steps of each worker for the first batches of an epoch: full rounds, and what is left over shared evenly. */
    private int stepsOf(int batches) {
        int round = options.round();
        int rest = batches % round;
        return batches / round * options.averagingFrequency()
                + (int) ((rest + options.workers() - 1L) / options.workers());
    }

    /** A worker of a local Spark may take its share of the processors, one of a cluster what its task was given. */
    private int threads() {
        int taskProcessors = context.getConf().getInt("spark.task.cpus", 1);
        return context.isLocal()
                ? Math.max(taskProcessors, Runtime.getRuntime().availableProcessors() / options.workers())
                : taskProcessors;
    }

    /** The parameters as they are now: views, which the next step changes. */
    public Weights weights() {
        return FcnGraphs.weights(graph.getNetwork(), network);
    }

    /**
     * State of the optimiser, which a resumed training needs: views, which the next step changes. In pieces, as a tensor has an
     * end; none for an optimiser without state.
     */
    public Weights optimiserState() {
        Map<String, Tensor> pieces = new LinkedHashMap<>();
        INDArray state = graph.getNetwork().getUpdater().getStateViewArray();
        long length = state == null ? 0 : state.length();
        for (long from = 0; from < length; from += PIECE) {
            int size = (int) Math.min(PIECE, length - from);
            pieces.put("state." + pieces.size(), FcnGraphs.view(state, from, List.of(size)));
        }
        return new Weights(pieces);
    }

    /** Goes on after {@code epoch} epochs, from what {@link #optimiserState} was then; the weights are the ones given. */
    public void resumeAfter(int epoch, Weights optimiserState) {
        INDArray state = graph.getNetwork().getUpdater().getStateViewArray();
        long length = state == null ? 0 : state.length();
        FloatBuffer values = length == 0 ? FloatBuffer.allocate(0) : FcnGraphs.floats(state);
        for (int piece = 0; piece < optimiserState.tensors().size(); piece++) {
            values.put(optimiserState.tensor("state." + piece).floats());
        }
        graph.getNetwork().getConfiguration().setIterationCount(epoch * stepsOfEpoch());
    }

    /** The learning rate of the first step of an epoch. */
    public double learningRate(int epoch) {
        return options.rate(steps()).valueAt((epoch - 1) * stepsOfEpoch(), 0);
    }
}
