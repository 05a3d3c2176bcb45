package io.fcnspark.weights.formats;

import io.fcnspark.network.Parameter;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.FullyConnected;
import io.fcnspark.weights.FullyConnected.FlattenOrder;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Brings tensors of a file into the network's layout. Shapes are compared at once; values are read, moved and checked only when
 * a tensor is written.
 */
final class TensorConversion {
    private final Path path;
    private final String published;
    private final Tensor tensor;
    private final FlattenOrder order;
    private final Parameter parameter;

    private TensorConversion(Path path, String published, Tensor tensor, FlattenOrder order, Parameter parameter) {
        this.path = path;
        this.published = published;
        this.tensor = tensor;
        this.order = order;
        this.parameter = parameter;
    }

    /**
     * The network's parameter made from a tensor: fp16 and bf16 stay so where the order of the values does, all else becomes
     * fp32.
     *
     * @param published the file's name of the tensor
     * @throws ModelException if the tensor has the wrong shape; when it is made, if a value is not finite
     */
    static TensorSource source(Path path, String published, Tensor tensor, FlattenOrder order, Parameter parameter) {
        return new TensorConversion(path, published, tensor, order, parameter).source();
    }

    /** Whether no value is a number, as in the classifier of torchvision's IMAGENET1K_FEATURES. */
    static boolean isVoid(Tensor tensor) {
        FloatBuffer values = tensor.floats();
        while (values.hasRemaining()) {
            if (!Float.isNaN(values.get())) {
                return false;
            }
        }
        return true;
    }

    private TensorSource source() {
        boolean sameOrder = isReshaped() || (isFullyConnected() && order == FlattenOrder.CHW);
        if (!sameOrder && !isChannelsLast() && !isFullyConnected()) {
            throw new ModelException(
                    "%s: tensor '%s' has shape %s, expected %s for %s; check the variant and the classes, and that no dimensions were swapped when the file was made"
                            .formatted(path, published, tensor.shape(), expected(), parameter.name()));
        }
        boolean half = tensor.dataType() == DataType.BF16 || tensor.dataType() == DataType.F16;
        DataType dataType = half && sameOrder ? tensor.dataType() : DataType.F32;
        return new TensorSource(parameter.name(), dataType, parameter.shape(), () -> converted(dataType));
    }

    private Tensor converted(DataType dataType) {
        Tensor moved;
        if (isReshaped()) {
            moved = new Tensor(tensor.dataType(), parameter.shape(), tensor.bytes());
        } else if (isFullyConnected()) {
            Tensor matrix = new Tensor(tensor.dataType(), withoutLeadingOnes(tensor.shape(), 2), tensor.bytes());
            List<Integer> shape = parameter.shape();
            moved = FullyConnected.toConvolution(matrix, order, shape.get(1), shape.get(2), shape.get(3));
        } else {
            moved = Strided.transpose(tensor, 3, 2, 0, 1).toTensor();
        }
        requireFinite(moved);
        return moved.dataType() == dataType ? moved : inFp32(moved);
    }

    /** Biases, and convolutions in OIHW; Caffe's older blobs have ones before the dimensions that count. */
    private boolean isReshaped() {
        boolean layoutFits = parameter.shape().size() == 1 || order == FlattenOrder.CHW;
        return layoutFits && withoutLeadingOnes(tensor.shape(), 1).equals(withoutLeadingOnes(parameter.shape(), 1));
    }

    /** Convolutions in HWIO. */
    private boolean isChannelsLast() {
        List<Integer> shape = parameter.shape();
        return order == FlattenOrder.HWC
                && shape.size() == 4
                && tensor.shape().equals(List.of(shape.get(2), shape.get(3), shape.get(1), shape.get(0)));
    }

    /** Matrices where the network has a convolution. */
    private boolean isFullyConnected() {
        return parameter.shape().size() == 4
                && withoutLeadingOnes(tensor.shape(), 2).equals(matrix());
    }

    private List<Integer> matrix() {
        List<Integer> shape = parameter.shape();
        int outputs = shape.get(0);
        int inputs = shape.get(1) * shape.get(2) * shape.get(3);
        return order == FlattenOrder.CHW ? List.of(outputs, inputs) : List.of(inputs, outputs);
    }

    private String expected() {
        List<Integer> shape = parameter.shape();
        if (shape.size() == 1) {
            return shape.toString();
        }
        List<Integer> convolution =
                order == FlattenOrder.CHW ? shape : List.of(shape.get(2), shape.get(3), shape.get(1), shape.get(0));
        return parameter.name().startsWith("fc") ? convolution + " or " + matrix() : convolution.toString();
    }

    private static List<Integer> withoutLeadingOnes(List<Integer> shape, int least) {
        int ones = 0;
        while (shape.size() - ones > least && shape.get(ones) == 1) {
            ones++;
        }
        return shape.subList(ones, shape.size());
    }

    private void requireFinite(Tensor values) {
        FloatBuffer floats = values.floats();
        while (floats.hasRemaining()) {
            float value = floats.get();
            if (!Float.isFinite(value)) {
                throw new ModelException(
                        "%s: tensor '%s' holds the value %s at index %d; the training that made it diverged, or the file is damaged: take another"
                                .formatted(path, published, value, floats.position() - 1));
            }
        }
    }

    private static Tensor inFp32(Tensor values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(values.size() * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values.floats());
        return new Tensor(DataType.F32, values.shape(), bytes);
    }
}
