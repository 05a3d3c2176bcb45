package io.fcnspark.training;

import io.fcnspark.engine.dl4j.FcnGraphs;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values of an array in row-major order as doubles, whichever of the two types they have. */
interface ScorePlanes {
    void read(int from, double[] values);

    void write(int from, double[] values);

    /** The values of an array in row-major order without gaps; writes go to the array. */
    static ScorePlanes of(INDArray array) {
        return array.dataType() == DataType.DOUBLE
                ? new Doubles(new DoublePointer(array.data().addressPointer())
                        .capacity(array.length())
                        .asBuffer())
                : new Floats(FcnGraphs.floats(array));
    }

    /** In fp32, as training has them. */
    record Floats(FloatBuffer buffer) implements ScorePlanes {
        @Override
        public void read(int from, double[] values) {
            float[] row = new float[values.length];
            buffer.get(from, row);
            for (int i = 0; i < row.length; i++) {
                values[i] = row[i];
            }
        }

        @Override
        public void write(int from, double[] values) {
            float[] row = new float[values.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) values[i];
            }
            buffer.put(from, row);
        }
    }

    /** In fp64, as finite differences need them. */
    record Doubles(DoubleBuffer buffer) implements ScorePlanes {
        @Override
        public void read(int from, double[] values) {
            buffer.get(from, values);
        }

        @Override
        public void write(int from, double[] values) {
            buffer.put(from, values);
        }
    }
}
