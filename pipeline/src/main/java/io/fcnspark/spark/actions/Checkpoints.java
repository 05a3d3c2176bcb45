package io.fcnspark.spark.actions;

import io.fcnspark.training.TrainingHistory;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * States of a training after each epoch: a folder {@code epoch-0007} with the weights, the optimiser's state and, written last
 * and so the sign of a complete one, the history. The newest two stay.
 */
record Checkpoints(RemoteFolder folder) {
    private static final String WEIGHTS = "weights.safetensors";
    private static final String OPTIMISER = "optimiser.safetensors";
    private static final String PREFIX = "epoch-";
    private static final String STATE = "state.";
    private static final int KEPT = 2;
    /** Below what a tensor may hold: 1 GB. */
    private static final int PIECE = 1 << 28;

    /** What training goes on from; the weights are mapped from {@code scratch}. */
    record Checkpoint(TrainingHistory history, Weights weights, float[] optimiserState) {}

    void save(TrainingHistory history, Weights weights, float[] optimiserState, Path scratch) throws IOException {
        RemoteFolder target = folder.folder(name(history));
        Path file = scratch.resolve(WEIGHTS);
        Safetensors.write(file, Map.of(), TensorSource.of(weights));
        target.put(file, WEIGHTS);
        Safetensors.write(file, Map.of(), pieces(optimiserState));
        target.put(file, OPTIMISER);
        target.putText(history.toJson(), TrainingHistory.FILE);
        List<String> names = names();
        for (String old : names.subList(0, Math.max(0, names.size() - KEPT))) {
            folder.folder(old).delete();
        }
    }

    /** The history of the newest complete checkpoint. */
    Optional<TrainingHistory> newest() throws IOException {
        List<String> names = names();
        for (int i = names.size() - 1; i >= 0; i--) {
            RemoteFolder candidate = folder.folder(names.get(i));
            if (candidate.names().contains(TrainingHistory.FILE)) {
                return Optional.of(TrainingHistory.fromJson(candidate.text(TrainingHistory.FILE)));
            }
        }
        return Optional.empty();
    }

    /** The rest of a checkpoint. */
    Checkpoint load(TrainingHistory history, Path scratch) throws IOException {
        RemoteFolder source = folder.folder(name(history));
        source.get(WEIGHTS, scratch.resolve(WEIGHTS));
        source.get(OPTIMISER, scratch.resolve(OPTIMISER));
        float[] state = joined(Safetensors.read(scratch.resolve(OPTIMISER)).weights());
        Files.delete(scratch.resolve(OPTIMISER));
        return new Checkpoint(
                history, Safetensors.read(scratch.resolve(WEIGHTS)).weights(), state);
    }

    private List<String> names() throws IOException {
        return folder.names().stream()
                .filter(name -> name.startsWith(PREFIX))
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(PREFIX.length()))))
                .toList();
    }

    private static String name(TrainingHistory history) {
        return PREFIX + "%04d".formatted(history.epochs().size());
    }

    private static List<TensorSource> pieces(float[] values) {
        List<TensorSource> pieces = new ArrayList<>();
        for (int from = 0; from < values.length; from += PIECE) {
            int length = Math.min(PIECE, values.length - from);
            float[] piece = new float[length];
            System.arraycopy(values, from, piece, 0, length);
            pieces.add(TensorSource.of(STATE + pieces.size(), Tensor.of(List.of(length), piece)));
        }
        return pieces;
    }

    private static float[] joined(Weights pieces) {
        int length = pieces.tensors().values().stream()
                .mapToInt(piece -> Math.toIntExact(piece.size()))
                .sum();
        FloatBuffer values = FloatBuffer.allocate(length);
        for (int i = 0; i < pieces.tensors().size(); i++) {
            values.put(pieces.tensor(STATE + i).floats());
        }
        return values.array();
    }
}
