package io.fcnspark.engine;

/**
 * Where a network runs.
 *
 * @param index number of the GPU among those of the machine, from 0; 0 for the CPU
 */
public record Device(Kind kind, int index) {
    /** The CPU. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** Kinds of device. */
    public enum Kind {
        CPU,
        GPU
    }

    public Device {
        if (index < 0 || (kind == Kind.CPU && index != 0)) {
            throw new IllegalArgumentException("%s with index %d".formatted(kind, index));
        }
    }

    /** The GPU of that number. */
    public static Device gpu(int index) {
        return new Device(Kind.GPU, index);
    }

    /**
     * The device of a name: {@code cpu}, {@code gpu} (the first one) or {@code gpu:N}.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static Device of(String id) {
        if (id.equals("cpu")) {
            return CPU;
        }
        if (id.equals("gpu")) {
            return gpu(0);
        }
        if (id.matches("gpu:[0-9]{1,4}")) {
            return gpu(Integer.parseInt(id.substring("gpu:".length())));
        }
        throw new IllegalArgumentException("unknown device '" + id + "': expected one of cpu, gpu, gpu:N");
    }

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "gpu:" + index;
    }
}
