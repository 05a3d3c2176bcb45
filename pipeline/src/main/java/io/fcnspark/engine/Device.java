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

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "gpu:" + index;
    }
}
