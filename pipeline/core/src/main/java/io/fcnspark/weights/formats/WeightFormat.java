package io.fcnspark.weights.formats;

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

    /** The name in {@code --format}, for example {@code caffe}. */
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

    @Override
    public String toString() {
        return id();
    }
}
