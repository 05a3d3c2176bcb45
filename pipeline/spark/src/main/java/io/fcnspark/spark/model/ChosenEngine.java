package io.fcnspark.spark.model;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineChoice;
import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * An engine, by names that travel.
 *
 * @param device where the choice was made; every task has its own, see {@link #taskDevice()}
 * @param reason why this one
 */
public record ChosenEngine(String engine, String device, String precision, String reason) implements Serializable {
    /**
     * Chooses on an executor, whose processor and devices are the ones that count, before any image is read.
     *
     * @param model what is to be computed
     * @throws io.fcnspark.engine.EngineException if nothing fits
     */
    public static ChosenEngine onExecutor(JavaSparkContext context, ModelDescription model, EngineRequest request) {
        String engine = request.engineWord();
        String device = request.deviceWord();
        String precision = request.precisionWord();
        // Spark schedules no GPUs within one process: there, they are the machine's.
        boolean local = context.isLocal();
        String described = ModelDescriptionJson.write(model);
        Outcome outcome = context.parallelize(List.of(0), 1)
                .map(ignored -> choose(
                        EngineRequest.of(engine, device, precision),
                        ModelDescriptionJson.read(described, "the description of the model"),
                        local))
                .first();
        if (outcome.chosen() == null) {
            throw new EngineException(outcome.obstacle());
        }
        return outcome.chosen();
    }

    /** A choice, or why there is none: an answer, so that Spark does not report it as a failed task. */
    private record Outcome(ChosenEngine chosen, String obstacle) implements Serializable {}

    private static Outcome choose(EngineRequest request, ModelDescription model, boolean local) {
        try {
            EngineChoice choice = local
                    ? Engines.installed().choose(request, model)
                    : Engines.installed().choose(withScheduledGpu(request), model, scheduledDevices());
            return new Outcome(
                    new ChosenEngine(
                            choice.engine().name(),
                            choice.device().toString(),
                            choice.precision().id(),
                            choice.reason()),
                    null);
        } catch (EngineException | ModelException e) {
            return new Outcome(null, e.getMessage());
        }
    }

    private static EngineRequest withScheduledGpu(EngineRequest request) {
        Optional<Device> device =
                request.device().map(asked -> asked.kind() == Device.Kind.CPU ? asked : scheduledGpu());
        return new EngineRequest(request.engine(), device, request.precision());
    }

    private static Device scheduledGpu() {
        return TaskGpu.scheduled()
                .orElseThrow(() -> new EngineException(
                        ("a GPU was asked for, but Spark has given this task none: looked for the resource '%s' among"
                                        + " %s. Set spark.executor.resource.gpu.amount,"
                                        + " spark.executor.resource.gpu.discoveryScript and spark.task.resource.gpu.amount"
                                        + " (conf/README.md), or use the device cpu")
                                .formatted(
                                        TaskGpu.RESOURCE,
                                        TaskContext.get().resourcesJMap().keySet())));
    }

    /** What Spark has not given is others'. */
    private static List<Device> scheduledDevices() {
        return Stream.concat(TaskGpu.scheduled().stream(), Stream.of(Device.CPU))
                .toList();
    }

    public boolean onGpu() {
        return Device.of(device).kind() == Device.Kind.GPU;
    }

    /** In a task: the GPU that Spark has given to it, or the CPU. */
    public Device taskDevice() {
        return onGpu() ? TaskGpu.scheduled().orElseGet(() -> Device.of(device)) : Device.CPU;
    }

    public Segmenter load(Model model, Device on, int threads) {
        EngineProvider provider = Engines.installed().named(engine);
        return Segmenter.load(model, provider, on, Precision.of(precision), threads);
    }
}
