package io.fcnspark.spark.model;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark's scheduler has given to the running task, and to no other at the same time. */
final class TaskGpu {
    /** Spark's name of the resource: {@code spark.task.resource.gpu.amount} and so on. */
    static final String RESOURCE = "gpu";

    private TaskGpu() {}

    /**
     * The device of the task's first address; empty if Spark schedules none.
     *
     * @throws EngineException if the discovery script gave an address that is no number
     */
    static Optional<Device> scheduled() {
        ResourceInformation resource = TaskContext.get().resourcesJMap().get(RESOURCE);
        return resource == null || resource.addresses().length == 0
                ? Optional.empty()
                : Optional.of(device(resource.addresses()[0]));
    }

    private static Device device(String address) {
        if (!address.matches("[0-9]{1,4}")) {
            throw new EngineException(
                    "Spark's GPU has the address '%s': expected the number of the device, as conf/gpu-discovery.sh reports it"
                            .formatted(address));
        }
        return Device.gpu(Integer.parseInt(address));
    }
}
