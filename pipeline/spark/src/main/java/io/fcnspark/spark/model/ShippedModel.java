package io.fcnspark.spark.model;

import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model on its way to the executors: its description, and its weights as broadcast pieces. An executor writes the pieces to
 * a file and maps it, so its heap holds one piece at a time; the file is gone as soon as the engine has taken the weights
 * over. Where driver and executor are one process the driver's file serves both, and nothing is broadcast.
 */
public final class ShippedModel implements Serializable, AutoCloseable {
    private static final long serialVersionUID = 1;

    /** Far below the limit of a Java array; small enough that a driver of 1 GB can serialise it. */
    private static final int PIECE_BYTES = 32 << 20;

    private final String description;
    private final String driverFile;
    private final List<Broadcast<byte[]>> pieces;

    private ShippedModel(String description, String driverFile, List<Broadcast<byte[]>> pieces) {
        this.description = description;
        this.driverFile = driverFile;
        this.pieces = pieces;
    }

    /**
     * Ships a model.
     *
     * @param description of a model whose weights were checked
     * @param bundle local folder that it is in
     */
    public static ShippedModel of(JavaSparkContext context, ModelDescription description, Path bundle) {
        Path weights = ModelBundle.weightsFile(bundle);
        List<Broadcast<byte[]>> pieces = context.isLocal() ? List.of() : broadcast(context, weights);
        return new ShippedModel(ModelDescriptionJson.write(description), weights.toString(), new ArrayList<>(pieces));
    }

    private static List<Broadcast<byte[]>> broadcast(JavaSparkContext context, Path weights) {
        List<Broadcast<byte[]>> pieces = new ArrayList<>();
        try (InputStream in = Files.newInputStream(weights)) {
            for (byte[] piece = in.readNBytes(PIECE_BYTES); piece.length > 0; piece = in.readNBytes(PIECE_BYTES)) {
                pieces.add(context.broadcast(piece));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + weights, e);
        }
        return pieces;
    }

    public ModelDescription description() {
        return ModelDescriptionJson.read(description, "the description of the broadcast model");
    }

    /** On an executor: the model, with its weights mapped, for as long as {@code load} runs. */
    public <T> T load(Function<Model, T> load) {
        if (pieces.isEmpty()) {
            return load.apply(model(Path.of(driverFile)));
        }
        try {
            Path file = Files.createTempFile("fcn-weights-", ".safetensors");
            try {
                receive(file);
                return load.apply(model(file));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the broadcast weights in java.io.tmpdir", e);
        }
    }

    private Model model(Path weights) {
        return new Model(description(), Safetensors.read(weights).weights());
    }

    private void receive(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Broadcast<byte[]> piece : pieces) {
                out.write(piece.value());
            }
        }
    }

    /** On the driver: frees the pieces on the executors. One that needs them again gets them again. */
    public void releaseOnExecutors() {
        pieces.forEach(piece -> piece.unpersist(false));
    }

    /** On the driver: frees the pieces everywhere, for good. */
    @Override
    public void close() {
        pieces.forEach(piece -> piece.destroy(false));
    }
}
