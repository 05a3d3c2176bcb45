package io.fcnspark.engine;

import io.fcnspark.network.Shape;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Values of a layer for one image in double precision, channel by channel, row by row. */
public record Values(Shape shape, double[] values) {
    static Values zeros(Shape shape) {
        return new Values(shape, new double[Math.toIntExact(shape.size())]);
    }

    /** Uniform in -1 … 1, as floats have them. */
    static Values random(Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Values result = zeros(shape);
        for (int i = 0; i < result.values.length; i++) {
            result.values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return result;
    }

    /** One image of a batch. */
    public static Values of(FeatureMaps maps, int index) {
        Values result = zeros(new Shape(maps.channels(), maps.height(), maps.width()));
        FloatBuffer source = maps.values();
        for (int i = 0; i < result.values.length; i++) {
            result.values[i] = source.get(index * result.values.length + i);
        }
        return result;
    }

    void putInto(FloatBuffer target) {
        for (double value : values) {
            target.put((float) value);
        }
    }

    double at(int channel, int y, int x) {
        return values[index(channel, y, x)];
    }

    /** The value there, or 0 outside. */
    double orZero(int channel, int y, int x) {
        return y < 0 || y >= shape.height() || x < 0 || x >= shape.width() ? 0 : at(channel, y, x);
    }

    void set(int channel, int y, int x, double value) {
        values[index(channel, y, x)] = value;
    }

    void add(int channel, int y, int x, double value) {
        values[index(channel, y, x)] += value;
    }

    public double maxAbs() {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    private int index(int channel, int y, int x) {
        return (channel * shape.height() + y) * shape.width() + x;
    }
}
