package io.fcnspark.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.finetune.Checkpoints.Checkpoint;
import io.fcnspark.spark.storage.MortalFileSystem;
import io.fcnspark.spark.storage.MortalFileSystem.Kind;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingHistory;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checkpoints on file systems of every kind, saved by a process that dies at each step in turn. */
class CheckpointsTest {
    @TempDir
    private Path root;

    @AfterEach
    void nothingDiesAfterwards() {
        MortalFileSystem.immortal();
    }

    private static TrainingHistory history(int epochs) {
        TrainingHistory history = new TrainingHistory(Map.of(), List.of());
        for (int epoch = 1; epoch <= epochs; epoch++) {
            history = history.plus(new EpochResult(epoch, 0.1, 1, 0.5, 0.5, 1, 1));
        }
        return history;
    }

    private static Weights weights(String name, int epoch) {
        return new Weights(Map.of(name, Tensor.of(List.of(2), new float[] {epoch, epoch + 0.5f})));
    }

    @ParameterizedTest
    @EnumSource
    void killedBeforeAnyStepTheLastEpochOrTheOneBeforeIsThereWhole(Kind kind) throws IOException {
        Path scratch = Files.createDirectory(root.resolve("scratch"));
        Checkpoints checkpoints = new Checkpoints(
                RemoteFolder.of(MortalFileSystem.uri(root.resolve("saved")), MortalFileSystem.configuration(kind)));
        int done = 0;
        int step = 1;
        for (boolean dead = true; dead; step++) {
            int epoch = done + 1;
            MortalFileSystem.diesBefore(done < 3 ? Integer.MAX_VALUE : step);
            try {
                checkpoints.save(history(epoch), weights("w", epoch), weights("state.0", epoch), scratch);
            } catch (IOException e) {
                assertThat(MortalFileSystem.isDead()).as(e.toString()).isTrue();
            }
            dead = done < 3 || MortalFileSystem.isDead();
            MortalFileSystem.immortal();

            TrainingHistory newest = checkpoints.newest().orElseThrow();
            assertThat(newest.epochs().size()).isBetween(done, epoch);
            if (!dead) {
                assertThat(newest.epochs()).hasSize(epoch);
            }
            done = newest.epochs().size();
            Checkpoint loaded = checkpoints.load(newest, scratch);
            assertThat(loaded.weights()).isEqualTo(weights("w", done));
            assertThat(loaded.optimiserState()).isEqualTo(weights("state.0", done));
        }
        assertThat(step).as("steps").isGreaterThan(15);
        try (var folders = Files.list(root.resolve("saved"))) {
            assertThat(folders).hasSize(2);
        }
    }
}
