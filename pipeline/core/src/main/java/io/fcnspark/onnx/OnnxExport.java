package io.fcnspark.onnx;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import io.fcnspark.onnx.OnnxGraph.Initializer;
import io.fcnspark.weights.AtomicFile;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Models as ONNX files (operator set 17), for other runtimes. Input {@code data}, preprocessed images {@code [N, 3, H, W]} of
 * any size; output {@code score}, {@code [N, classes, H, W]}, before any softmax. Weights are stored in the number format that
 * they have in the model, and computed with in fp32. The file's metadata hold the model's description, in words and as
 * {@link io.fcnspark.weights.ModelDescriptionJson}, so that an import needs to ask nothing.
 */
public final class OnnxExport {
    /** The format's limit less a generous allowance for the graph itself. */
    private static final long LARGEST_WEIGHTS = Integer.MAX_VALUE - (1 << 20);

    /** The file of the weights, beside the model that is too large for one. */
    private static final String DATA_SUFFIX = ".data";

    /** Where a tensor begins in that file is a multiple of this, so that runtimes can map it into memory. */
    private static final int ALIGNMENT = 4096;

    /** Written at once: the channel copies what lies on the heap to native memory first, so not a whole tensor. */
    private static final int CHUNK = 1 << 20;

    private OnnxExport() {}

    /**
     * Writes a model as one file, or, where its weights take more than the 2 GiB that a file of the format can hold, as two, with
     * the weights in {@code FILE.data} beside {@code FILE}. Tensors go from where they are to the file, one after the other.
     *
     * @return the files, the model first
     * @throws ModelException if the model is quantised, or a file cannot be written; nothing is left half-written
     */
    public static List<Path> write(Model model, Path file) {
        return write(model, file, LARGEST_WEIGHTS);
    }

    static List<Path> write(Model model, Path file, long largestWeights) {
        model.requireReal("an export");
        long weights = model.weights().tensors().values().stream()
                .mapToLong(tensor -> tensor.bytes().remaining())
                .sum();
        try {
            if (weights <= largestWeights) {
                return AtomicFile.write(file, channel -> {
                    write(model, parameter -> inside(parameter, model), channel);
                    return List.of(file);
                });
            }
            Path data = file.resolveSibling(file.getFileName() + DATA_SUFFIX);
            return AtomicFile.write(file, channel -> {
                ExternalData external = new ExternalData(data.getFileName().toString());
                write(model, parameter -> external.add(parameter, tensor(parameter, model)), channel);
                AtomicFile.write(data, external::write);
                return List.of(file, data);
            });
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be written (%s); check that the folder exists, may be written to and has room"
                            .formatted(file, e),
                    e);
        }
    }

    private interface Initializers {
        Initializer of(Parameter parameter);
    }

    private static void write(Model model, Initializers initializers, FileChannel channel) throws IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
        OnnxGraph.model(
                        model.description().network(),
                        Fcn.SCORE,
                        parameter -> Optional.of(initializers.of(parameter)),
                        OnnxDocumentation.of(model.description()))
                .writeTo(out);
        out.flush();
    }

    private static Tensor tensor(Parameter parameter, Model model) {
        return model.weights().tensor(parameter.name());
    }

    private static Initializer inside(Parameter parameter, Model model) {
        Tensor tensor = tensor(parameter, model);
        return new Initializer(
                Onnx.tensor(parameter.name(), tensor.shape(), tensor.dataType(), tensor.bytes()), tensor.dataType());
    }

    /** Tensors in a file of their own, in the order in which the graph names them. */
    private static final class ExternalData {
        private final String location;
        private final List<ByteBuffer> tensors = new ArrayList<>();
        private long end;

        ExternalData(String location) {
            this.location = location;
        }

        Initializer add(Parameter parameter, Tensor tensor) {
            ByteBuffer bytes = tensor.bytes();
            long offset = aligned(end);
            end = offset + bytes.remaining();
            tensors.add(bytes);
            return new Initializer(
                    Onnx.externalTensor(
                            parameter.name(), tensor.shape(), tensor.dataType(), location, offset, bytes.remaining()),
                    tensor.dataType());
        }

        Void write(FileChannel channel) throws IOException {
            for (ByteBuffer bytes : tensors) {
                channel.position(aligned(channel.position()));
                while (bytes.hasRemaining()) {
                    ByteBuffer chunk = bytes.slice(bytes.position(), Math.min(CHUNK, bytes.remaining()));
                    bytes.position(bytes.position() + channel.write(chunk));
                }
            }
            return null;
        }

        private static long aligned(long offset) {
            return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}
