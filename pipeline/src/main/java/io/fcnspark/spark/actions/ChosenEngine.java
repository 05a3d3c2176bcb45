package io.fcnspark.spark.actions;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineChoice;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.weights.Model;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * An engine, by names that travel.
 *
 * @param reason why this one
 */
record ChosenEngine(String engine, String device, String precision, String reason) implements Serializable {
    /**
     * Chooses on an executor, whose processor and devices are the ones that count, before any image is read.
     *
     * @throws io.fcnspark.engine.EngineException if nothing fits
     */
    static ChosenEngine onExecutor(JavaSparkContext context, String engine, String device, String precision) {
        Outcome outcome = context.parallelize(List.of(0), 1)
                .map(ignored -> choose(EngineRequest.of(engine, device, precision)))
                .first();
        if (outcome.chosen() == null) {
            throw new EngineException(outcome.obstacle());
        }
        return outcome.chosen();
    }

    /** A choice, or why there is none: an answer, so that Spark does not report it as a failed task. */
    private record Outcome(ChosenEngine chosen, String obstacle) implements Serializable {}

    private static Outcome choose(EngineRequest request) {
        try {
            EngineChoice choice = Engines.installed().choose(request);
            return new Outcome(
                    new ChosenEngine(
                            choice.engine().name(),
                            choice.device().toString(),
                            choice.precision().id(),
                            choice.reason()),
                    null);
        } catch (EngineException e) {
            return new Outcome(null, e.getMessage());
        }
    }

    Segmenter load(Model model, int threads) {
        EngineProvider provider = Engines.installed().named(engine);
        return Segmenter.load(model, provider, Device.of(device), Precision.of(precision), threads);
    }
}
