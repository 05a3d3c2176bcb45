package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats in which weights are published. */
public enum WeightFormat {
    /** Caffe's {@code .caffemodel}. */
    CAFFE,
    /** What {@code torch.save} writes, in its present and its older format. */
    TORCH,
    SAFETENSORS,
    /** Keras' weights or full models in HDF5. */
    KERAS,
    /** NumPy's {@code .npz}, and {@code .npy} with a pickled dictionary. */
    NUMPY,
    ONNX;

    /** The name that users choose it by, for example {@code caffe}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The format of a name.
     *
     * @throws IllegalArgumentException for an unknown name; the message lists the known ones
     */
    public static WeightFormat of(String id) {
        return Arrays.stream(values())
                .filter(format -> format.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown format '%s': expected one of auto, %s"
                        .formatted(
                                id,
                                Arrays.stream(values()).map(WeightFormat::id).collect(Collectors.joining(", ")))));
    }

    /**
     * Tells the format of a file by its content.
     *
     * @throws ModelException if it is none of these, or cannot be read
     */
    public static WeightFormat detect(Path path) {
        return SourceFile.read(path, file -> Container.of(file).format());
    }

    /**
     * Reads a file of this format. Its values stay in the file as far as possible and are read when they are used: the file
     * must not be changed meanwhile.
     *
     * @throws ModelException if the file is of another format, damaged, or holds what is no weights; the message names the
     *     file, what was found where, and what to do
     */
    public WeightFile read(Path path) {
        return SourceFile.read(path, file -> {
            Container container = Container.of(file);
            if (container.format() != this) {
                throw file.failure(
                        "is in the format %s, not %s"
                                .formatted(container.format().id(), id()),
                        "choose the format %s, or let it be detected"
                                .formatted(container.format().id()));
            }
            return container.read(file);
        });
    }

    @Override
    public String toString() {
        return id();
    }
}
