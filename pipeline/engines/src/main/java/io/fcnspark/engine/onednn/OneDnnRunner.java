package io.fcnspark.engine.onednn;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.LayerTime;
import io.fcnspark.engine.LayerTimer;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.ObjLongConsumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A network in oneDNN. Weights are packed once; each size of batch is compiled when it is first seen; each run takes a
 * workspace, of which there are as many as there ever were runs at once.
 */
final class OneDnnRunner implements LayerTimer {
    /** Sizes that stay compiled. */
    static final int CACHED_SIZES = 32;

    private final OneDnn library = OneDnn.library();
    private final int threads;
    private final PackedWeights weights;
    private final PlanCache plans;
    private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();

    OneDnnRunner(Fcn network, Weights weights, RunnerOptions options) {
        this.threads = options.threads();
        library.useThreads(threads);
        List<Layer> layers = network.layersUpTo(options.outputLayer());
        Descriptions descriptions = Descriptions.of(layers, options.precision(), options.quantisation());
        this.weights = new PackedWeights(layers, weights, options.quantisation(), descriptions);
        this.plans = new PlanCache(
                CACHED_SIZES,
                size -> PlanBuilder.plan(
                        layers, this.weights, descriptions, size.count(), size.height(), size.width()));
    }

    @Override
    public void run(FeatureMaps data, FeatureMaps result) {
        run(data, result, (step, nanos) -> {});
    }

    @Override
    public List<LayerTime> runTimed(FeatureMaps data, FeatureMaps result) {
        List<LayerTime> times = new ArrayList<>();
        run(data, result, (step, nanos) -> times.add(new LayerTime(step, nanos)));
        return times;
    }

    private void run(FeatureMaps data, FeatureMaps result, ObjLongConsumer<String> listener) {
        library.useThreads(threads);
        try (PlanCache.LentPlan lent = plans.acquire(new PlanCache.Size(data.count(), data.height(), data.width()))) {
            Workspace workspace = idle.pollFirst();
            if (workspace == null) {
                workspace = new Workspace();
            }
            try {
                lent.plan()
                        .run(workspace, new FloatPointer(data.values()), new FloatPointer(result.values()), listener);
            } finally {
                idle.addFirst(workspace);
            }
        }
    }

    /** Native memory of the weights. */
    long weightBytes() {
        return weights.bytes();
    }

    /** Sizes that are compiled. */
    int compiledSizes() {
        return plans.size();
    }

    /** Native memory that the activations of one run need. */
    long activationBytes(int count, int height, int width) {
        try (PlanCache.LentPlan lent = plans.acquire(new PlanCache.Size(count, height, width))) {
            return lent.plan().arenaBytes();
        }
    }

    @Override
    public void close() {
        plans.close();
        idle.forEach(Workspace::close);
        idle.clear();
        weights.close();
    }
}
