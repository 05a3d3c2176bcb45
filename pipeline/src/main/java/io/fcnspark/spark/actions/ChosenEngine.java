package io.fcnspark.spark.actions;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineChoice;
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
        return context.parallelize(List.of(0), 1)
                .map(ignored -> {
                    EngineChoice choice = Engines.installed().choose(EngineRequest.of(engine, device, precision));
                    return new ChosenEngine(
                            choice.engine().name(),
                            choice.device().toString(),
                            choice.precision().id(),
                            choice.reason());
                })
                .first();
    }

    Segmenter load(Model model, int threads) {
        EngineProvider provider = Engines.installed().named(engine);
        return Segmenter.load(model, provider, Device.of(device), Precision.of(precision), threads);
    }
}
