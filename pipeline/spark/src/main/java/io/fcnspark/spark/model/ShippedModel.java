package io.fcnspark.spark.model;

import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.TensorSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model on its way to the executors: its description, and its weights as broadcast pieces. An executor writes the pieces to
 * a file and maps it, so its heap holds one piece at a time; the file is gone as soon as the engine has taken the weights
 * over. Where driver and executor are one process they share the loaded model, and nothing is broadcast.
 */
public final class ShippedModel implements Serializable, AutoCloseable {
    private static final long serialVersionUID = 2;

    /** Far below the limit of a Java array; small enough that a driver of 1 GB can serialise it. */
    private static final int PIECE_BYTES = 32 << 20;

    /** The models of drivers that are in this process with their executors, until they are closed. */
    private static final Map<UUID, Model> SHARED = new ConcurrentHashMap<>();

    private final String description;
    private final UUID id;
    private final List<Broadcast<byte[]>> pieces;

    private ShippedModel(String description, UUID id, List<Broadcast<byte[]>> pieces) {
        this.description = description;
        this.id = id;
        this.pieces = pieces;
    }

    /** Ships a loaded model; what becomes of the bundle that it was loaded from does not matter any more. */
    public static ShippedModel of(JavaSparkContext context, Model model) {
        UUID id = UUID.randomUUID();
        List<Broadcast<byte[]>> pieces = new ArrayList<>();
        if (context.isLocal()) {
            SHARED.put(id, model);
        } else {
            broadcast(context, model, pieces);
        }
        return new ShippedModel(ModelDescriptionJson.write(model.description()), id, pieces);
    }

    private static void broadcast(JavaSparkContext context, Model model, List<Broadcast<byte[]>> pieces) {
        try (Pieces out = new Pieces(context, pieces)) {
            Safetensors.write(Channels.newChannel(out), TensorSource.of(model.weights()));
        } catch (IOException e) {
            throw new UncheckedIOException("broadcasting does no I/O of its own", e);
        }
    }

    /** Broadcasts what is written, a piece at a time. */
    private static final class Pieces extends OutputStream {
        private final JavaSparkContext context;
        private final List<Broadcast<byte[]>> pieces;
        private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);

        Pieces(JavaSparkContext context, List<Broadcast<byte[]>> pieces) {
            this.context = context;
            this.pieces = pieces;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int from = offset, end = offset + length; from < end; ) {
                int count = Math.min(end - from, piece.remaining());
                piece.put(bytes, from, count);
                from += count;
                if (!piece.hasRemaining()) {
                    send();
                }
            }
        }

        private void send() {
            pieces.add(context.broadcast(Arrays.copyOf(piece.array(), piece.position())));
            piece.clear();
        }

        @Override
        public void close() {
            if (piece.position() > 0) {
                send();
            }
        }
    }

    public ModelDescription description() {
        return ModelDescriptionJson.read(description, "the description of the broadcast model");
    }

    /** On an executor: the model, with its weights mapped, for as long as {@code load} runs. */
    public <T> T load(Function<Model, T> load) {
        if (pieces.isEmpty()) {
            return load.apply(SHARED.get(id));
        }
        try {
            Path file = Files.createTempFile("fcn-weights-", ".safetensors");
            try {
                receive(file);
                return load.apply(
                        new Model(description(), Safetensors.read(file).weights()));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the broadcast weights in java.io.tmpdir", e);
        }
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

    /** On the driver: frees the weights everywhere, for good. */
    @Override
    public void close() {
        SHARED.remove(id);
        pieces.forEach(piece -> piece.destroy(false));
    }
}
