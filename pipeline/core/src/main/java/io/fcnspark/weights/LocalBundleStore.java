package io.fcnspark.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A bundle's folder on this machine. */
record LocalBundleStore(Path folder) implements BundleStore {
    @Override
    public Set<String> names() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toUnmodifiableSet());
        }
    }

    @Override
    public String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Override
    public void putText(String text, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(folder.resolve(name), channel -> channel.write(bytes));
    }

    @Override
    public void move(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(folder.resolve(name));
    }
}
