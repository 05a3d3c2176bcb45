package io.fcnspark.engine.onnxruntime;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Networks as ONNX files (operator set 17), for other runtimes: one file, weights included, in fp32. Input {@code data},
 * preprocessed images {@code [N, 3, H, W]} of any size; output {@code score}, {@code [N, classes, H, W]}, before any softmax.
 */
public final class OnnxExport {
    /** The format's limit less a generous allowance for the graph itself. */
    private static final long LARGEST_WEIGHTS = Integer.MAX_VALUE - (1 << 20);

    private OnnxExport() {}

    /**
     * Writes a network. Tensors go from where they are to the stream, one after the other.
     *
     * @param weights the network's tensors
     * @param out stays open
     * @throws ModelException if the file would be larger than the 2 GiB that the format allows
     */
    public static void write(Fcn network, Weights weights, OutputStream out) throws IOException {
        if (network.parameterCount() * Float.BYTES > LARGEST_WEIGHTS) {
            throw new ModelException(
                    "%s of width %s has %d weights, more than the 2 GiB that an ONNX file can hold; export it as safetensors"
                            .formatted(network.variant(), network.backbone().width(), network.parameterCount()));
        }
        OnnxGraph.model(network, Fcn.SCORE, parameter -> Optional.of(initializer(parameter, weights)))
                .writeTo(out);
    }

    private static ProtoMessage initializer(Parameter parameter, Weights weights) {
        return Onnx.floats(parameter.name(), parameter.shape(), fp32(weights.tensor(parameter.name())));
    }

    private static ByteBuffer fp32(Tensor tensor) {
        if (tensor.dataType() == DataType.F32) {
            return tensor.bytes();
        }
        FloatBuffer values = tensor.floats();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.remaining(), Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }
}
