package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever reads a bundle finds the old model or the new one, whatever happens to the process that replaces it. */
class BundleReplacementTest {
    /** How often a process is killed; {@code -Dfcn.kills=N} for more. */
    private static final int KILLS = Integer.getInteger("fcn.kills", 6);

    @TempDir
    private Path temporary;

    /** What was in the folder before. */
    private enum Before {
        NOTHING,
        A_MODEL,
        A_MODEL_THAT_REPLACED_ANOTHER,
        WEIGHTS_WITHOUT_A_DESCRIPTION,
        A_REPLACEMENT_THAT_WAS_KILLED
    }

    /** How a store gives a file another name. */
    private enum Renaming {
        AT_ONCE,
        /** As object stores do. */
        COPYING
    }

    /** Ends as a process does that is killed before its {@code limit}-th operation: that one and all later ones fail. */
    private static final class DyingStore implements BundleStore {
        private final LocalBundleStore store;
        private final Renaming renaming;
        private final int limit;
        private int operations;

        DyingStore(Path folder, Renaming renaming, int limit) {
            this.store = new LocalBundleStore(folder);
            this.renaming = renaming;
            this.limit = limit;
        }

        private void step() throws IOException {
            if (++operations >= limit) {
                throw new IOException("killed");
            }
        }

        @Override
        public Set<String> names() throws IOException {
            step();
            return store.names();
        }

        @Override
        public String text(String name) throws IOException {
            step();
            return store.text(name);
        }

        @Override
        public void putText(String text, String name) throws IOException {
            step();
            store.putText(text, name);
        }

        void putWeights(Path weights, String name) throws IOException {
            Path part = store.folder().resolve("_" + name + ".part");
            Files.write(part, new byte[100]);
            step();
            Files.copy(weights, part, StandardCopyOption.REPLACE_EXISTING);
            step();
            Files.move(part, store.folder().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void move(String from, String to) throws IOException {
            step();
            assertThat(store.names()).contains(from).doesNotContain(to);
            if (renaming == Renaming.COPYING) {
                Files.copy(store.folder().resolve(from), store.folder().resolve(to));
                step();
                store.delete(from);
            } else {
                store.move(from, to);
            }
        }

        @Override
        public void delete(String name) throws IOException {
            step();
            store.delete(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedBeforeAnyOperationTheBundleHoldsTheOldModelOrTheNewOne(Renaming renaming) throws IOException {
        Path source = temporary.resolve("source");
        ModelDescription description = Bundles.SECOND.save(source);
        Path weights = source.resolve(ModelBundle.WEIGHTS_FILE);
        for (Before before : Before.values()) {
            int limit = 1;
            boolean killed = true;
            for (; killed; limit++) {
                Path folder = prepare(before, renaming, limit);
                DyingStore store = new DyingStore(folder, renaming, limit);
                killed = isKilled(
                        () -> ModelBundle.replace(store, description, name -> store.putWeights(weights, name)));

                if (before == Before.NOTHING || before == Before.WEIGHTS_WITHOUT_A_DESCRIPTION) {
                    if (Files.exists(folder.resolve(ModelBundle.DESCRIPTION_FILE))) {
                        assertThat(Bundles.SECOND.is(ModelBundle.load(folder))).isTrue();
                    }
                } else {
                    assertThat(Bundles.isOne(ModelBundle.load(folder)))
                            .as("%s, killed before operation %d", before, limit)
                            .isTrue();
                }
                if (!killed) {
                    assertThat(Bundles.SECOND.is(ModelBundle.load(folder))).isTrue();
                    assertThat(plainWeights(folder)).isEqualTo(description.weightsSha256());
                }
                Bundles.FIRST.save(folder);
                assertThat(Bundles.FIRST.is(ModelBundle.load(folder))).isTrue();
                assertThat(names(folder))
                        .as("%s, killed before operation %d, and then written", before, limit)
                        .contains("model.json", "weights.safetensors")
                        .hasSizeLessThanOrEqualTo(3)
                        .allMatch(ModelBundle::isPart);
            }
            assertThat(limit).as("%s: operations, and two", before).isGreaterThan(6);
        }
    }

    private Path prepare(Before before, Renaming renaming, int index) throws IOException {
        Path folder = Files.createDirectories(temporary.resolve(renaming + "-" + before + index));
        switch (before) {
            case NOTHING -> {}
            case A_MODEL -> Bundles.FIRST.save(folder);
            case A_MODEL_THAT_REPLACED_ANOTHER -> {
                Bundles.SECOND.save(folder);
                Bundles.FIRST.save(folder);
                assertThat(names(folder)).hasSize(3);
            }
            case WEIGHTS_WITHOUT_A_DESCRIPTION -> Files.write(folder.resolve(ModelBundle.WEIGHTS_FILE), new byte[9]);
            case A_REPLACEMENT_THAT_WAS_KILLED -> {
                Bundles.SECOND.save(folder);
                Bundles.FIRST.save(folder);
                Files.move(
                        folder.resolve(ModelBundle.WEIGHTS_FILE),
                        folder.resolve(ModelBundle.hashedName(ModelBundle.describe(folder))));
                Files.write(folder.resolve("_" + ModelBundle.DESCRIPTION_FILE + ".part"), new byte[5]);
                Files.write(folder.resolve(".weights.4711.tmp"), new byte[5]);
            }
        }
        return folder;
    }

    private interface Action {
        void run() throws IOException;
    }

    private static boolean isKilled(Action action) {
        try {
            action.run();
            return false;
        } catch (IOException e) {
            assertThat(e).hasMessage("killed");
            return true;
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static String plainWeights(Path folder) throws IOException {
        return Sha256.of(folder.resolve(ModelBundle.WEIGHTS_FILE));
    }

    /** Other tools know the plain name: it never has the weights of another model than the description is of. */
    @Test
    void thePlainNameIsTheDescribedModelsOrNobodys() throws IOException {
        Path folder = temporary.resolve("model");
        String first = Bundles.FIRST.save(folder).weightsSha256();
        assertThat(names(folder)).containsExactlyInAnyOrder("model.json", "weights.safetensors");
        String second = Bundles.SECOND.save(folder).weightsSha256();
        assertThat(plainWeights(folder)).isEqualTo(second);
        assertThat(names(folder))
                .containsExactlyInAnyOrder(
                        "model.json",
                        "weights.safetensors",
                        "weights-%s.safetensors".formatted(first.substring(0, 12)));
        Bundles.FIRST.save(folder);
        assertThat(names(folder))
                .containsExactlyInAnyOrder(
                        "model.json",
                        "weights.safetensors",
                        "weights-%s.safetensors".formatted(second.substring(0, 12)));
    }

    @Test
    void damagedWeightsAreNoReasonToWait() throws IOException {
        Path folder = temporary.resolve("model");
        Bundles.FIRST.save(folder);
        Bundles.SECOND.save(folder);
        byte[] weights = Files.readAllBytes(folder.resolve(ModelBundle.WEIGHTS_FILE));
        weights[weights.length - 1] ^= 1;
        Files.write(folder.resolve(ModelBundle.WEIGHTS_FILE), weights);
        assertThatThrownBy(() -> ModelBundle.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has SHA-256");
    }

    @Test
    void aReaderNeverSeesAMixture() throws IOException, InterruptedException, ExecutionException {
        Path folder = temporary.resolve("model");
        Bundles.FIRST.save(folder);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int writes = 0;
            for (Bundles next = Bundles.SECOND; !done.get(); next = next.other(), writes++) {
                next.save(folder);
            }
            return writes;
        });
        EnumSet<Bundles> seen = EnumSet.noneOf(Bundles.class);
        int reads = 0;
        try {
            Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
            while ((reads < 150 || seen.size() < 2) && Instant.now().isBefore(deadline)) {
                Model model = ModelBundle.load(folder);
                assertThat(Bundles.isOne(model)).isTrue();
                seen.add(Bundles.valueOf(model.description().name()));
                reads++;
            }
        } finally {
            done.set(true);
        }
        assertThat(seen).hasSize(2);
        assertThat(writer.get()).isGreaterThan(10);
    }

    @Test
    void aProcessThatRewritesABundleMayBeKilledAtAnyInstant() throws IOException, InterruptedException {
        Path folder = temporary.resolve("model");
        Path log = temporary.resolve("log");
        EnumSet<Bundles> seen = EnumSet.noneOf(Bundles.class);
        for (int i = 0; i < KILLS; i++) {
            Path started = temporary.resolve("started" + i);
            Process process = Bundles.start(log, Bundles.Rewriting.class, folder.toString(), started.toString());
            while (!Files.exists(started)) {
                assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
                Thread.sleep(1);
            }
            // The instants are spread evenly over some milliseconds, in which several models are written.
            Thread.sleep(i * 37 % 41, i * 1013 % 1000 * 1000);
            process.destroyForcibly().waitFor();

            Model model = ModelBundle.load(folder);
            assertThat(Bundles.isOne(model)).isTrue();
            seen.add(Bundles.valueOf(model.description().name()));
        }
        if (KILLS > 50) {
            assertThat(seen).hasSize(2);
        }
        Bundles.FIRST.save(folder);
        assertThat(names(folder)).hasSizeLessThanOrEqualTo(3).allMatch(ModelBundle::isPart);
    }
}
