package io.fcnspark.spark.finetune;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * States of a training after each epoch: a folder {@code epoch-0007} with the weights, the optimiser's state and, written last
 * and so the sign of a complete one, the history. The newest two stay: while one is written, or deleted, there is always another
 * that is complete.
 */
record Checkpoints(RemoteFolder folder) {
    private static final String WEIGHTS = "weights.safetensors";
    private static final String OPTIMISER = "optimiser.safetensors";
    private static final String PREFIX = "epoch-";
    private static final int KEPT = 2;

    /** What training goes on from; the tensors are mapped from {@code scratch}. */
    record Checkpoint(TrainingHistory history, Weights weights, Weights optimiserState) {}

    void save(TrainingHistory history, Weights weights, Weights optimiserState, Path scratch) throws IOException {
        RemoteFolder target = folder.folder(name(history));
        Path file = scratch.resolve(WEIGHTS);
        Safetensors.write(file, Map.of(), TensorSource.of(weights));
        target.put(file, WEIGHTS);
        Safetensors.write(file, Map.of(), TensorSource.of(optimiserState));
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
                return Optional.of(history(candidate));
            }
        }
        return Optional.empty();
    }

    private static TrainingHistory history(RemoteFolder checkpoint) throws IOException {
        try {
            return TrainingHistory.fromJson(checkpoint.text(TrainingHistory.FILE));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    "checkpoint %s: %s %s; delete that folder to go on from the checkpoint before"
                            .formatted(checkpoint, TrainingHistory.FILE, e.getMessage()),
                    e);
        }
    }

    /** The rest of a checkpoint. */
    Checkpoint load(TrainingHistory history, Path scratch) throws IOException {
        RemoteFolder source = folder.folder(name(history));
        source.fetch(WEIGHTS, scratch.resolve(WEIGHTS));
        source.fetch(OPTIMISER, scratch.resolve(OPTIMISER));
        return new Checkpoint(
                history,
                Safetensors.read(scratch.resolve(WEIGHTS)).weights(),
                Safetensors.read(scratch.resolve(OPTIMISER)).weights());
    }

    private List<String> names() throws IOException {
        return folder.names().stream()
                .filter(name -> name.matches(PREFIX + "[0-9]{1,9}"))
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(PREFIX.length()))))
                .toList();
    }

    private static String name(TrainingHistory history) {
        return PREFIX + "%04d".formatted(history.epochs().size());
    }
}
