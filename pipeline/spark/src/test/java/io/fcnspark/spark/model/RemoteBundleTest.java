package io.fcnspark.spark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.spark.storage.MortalFileSystem;
import io.fcnspark.spark.storage.MortalFileSystem.Kind;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.weights.Bundles;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bundles on file systems of every kind, written by a process that dies at each step in turn. */
class RemoteBundleTest {
    @TempDir
    private Path root;

    private final Map<Bundles, ModelDescription> sources = new EnumMap<>(Bundles.class);
    private Path folder;

    @BeforeEach
    void saveSources() {
        for (Bundles bundle : Bundles.values()) {
            sources.put(bundle, bundle.save(root.resolve(bundle.name())));
        }
        folder = root.resolve("model");
    }

    @AfterEach
    void nothingDiesAfterwards() {
        MortalFileSystem.immortal();
    }

    private void write(Bundles bundle, Configuration configuration) throws IOException {
        new RemoteBundle(RemoteFolder.of(MortalFileSystem.uri(folder), configuration))
                .replace(sources.get(bundle), root.resolve(bundle.name()).resolve(ModelBundle.WEIGHTS_FILE));
    }

    private boolean diesWriting(Bundles bundle, int step, Configuration configuration) {
        MortalFileSystem.diesBefore(step);
        try {
            write(bundle, configuration);
        } catch (IOException e) {
            assertThat(MortalFileSystem.isDead()).as(e.toString()).isTrue();
        }
        boolean dead = MortalFileSystem.isDead();
        MortalFileSystem.immortal();
        return dead;
    }

    private Bundles read(Configuration configuration) {
        try (LocalModel local = LocalModel.fetch(MortalFileSystem.uri(folder), configuration)) {
            Model model = ModelBundle.load(local.folder());
            assertThat(Bundles.isOne(model)).isTrue();
            return Bundles.valueOf(model.description().name());
        }
    }

    private Bundles readAll(Configuration configuration) {
        Bundles read = read(configuration);
        assertThat(Bundles.valueOf(LocalModel.describe(MortalFileSystem.uri(folder), configuration)
                        .name()))
                .isEqualTo(read);
        assertThat(LocalModel.classes(MortalFileSystem.uri(folder), configuration)
                        .name())
                .isEqualTo("two");
        return read;
    }

    @ParameterizedTest
    @EnumSource
    void killedBeforeAnyStepTheBundleHoldsTheOldModelOrTheNewOne(Kind kind) throws IOException {
        Configuration configuration = MortalFileSystem.configuration(kind);
        write(Bundles.FIRST, configuration);
        EnumSet<Bundles> seen = EnumSet.noneOf(Bundles.class);
        Bundles before = Bundles.FIRST;
        int step = 1;
        for (boolean dead = true; dead; step++) {
            Bundles next = before.other();
            dead = diesWriting(next, step, configuration);
            Bundles after = readAll(configuration);
            seen.add(after);
            assertThat(dead || after == next).isTrue();
            // A second one dies where the first has left things, some steps further on.
            diesWriting(before, 1 + step * 7 % 23, configuration);
            readAll(configuration);
            if (step % 3 == 0) {
                write(before, configuration);
                assertThat(readAll(configuration)).isEqualTo(before);
                try (var files = Files.list(folder)) {
                    assertThat(files.map(file -> file.getFileName().toString()))
                            .hasSizeLessThanOrEqualTo(3)
                            .contains(ModelBundle.DESCRIPTION_FILE, ModelBundle.WEIGHTS_FILE)
                            .allMatch(ModelBundle::isPart);
                }
            }
            before = readAll(configuration);
        }
        assertThat(seen).hasSize(2);
        assertThat(step).as("steps").isGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource
    void aReaderNeverSeesAMixture(Kind kind) throws IOException, InterruptedException, ExecutionException {
        Configuration configuration = MortalFileSystem.configuration(kind);
        write(Bundles.FIRST, configuration);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int writes = 0;
            try {
                for (Bundles next = Bundles.SECOND; !done.get(); next = next.other(), writes++) {
                    write(next, configuration);
                    // Longer than a reader takes, so that it cannot starve.
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
            return writes;
        });
        EnumSet<Bundles> seen = EnumSet.noneOf(Bundles.class);
        try {
            for (int reads = 0; reads < 60 || seen.size() < 2; reads++) {
                seen.add(read(configuration));
                assertThat(LocalModel.describe(MortalFileSystem.uri(folder), configuration)
                                .name())
                        .isIn("FIRST", "SECOND");
                assertThat(LocalModel.classes(MortalFileSystem.uri(folder), configuration)
                                .name())
                        .isEqualTo("two");
            }
        } finally {
            done.set(true);
        }
        assertThat(writer.get()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMissingIsSaid(Kind kind) throws IOException {
        Configuration configuration = MortalFileSystem.configuration(kind);
        assertThatThrownBy(() -> read(configuration))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("there is no model");
        write(Bundles.FIRST, configuration);
        Files.delete(folder.resolve(ModelBundle.WEIGHTS_FILE));
        assertThatThrownBy(() -> read(configuration))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("expected a folder with model.json and weights.safetensors");
        Files.write(folder.resolve(ModelBundle.WEIGHTS_FILE), new byte[100]);
        assertThatThrownBy(() -> read(configuration)).hasMessageContaining("weights.safetensors");
    }
}
