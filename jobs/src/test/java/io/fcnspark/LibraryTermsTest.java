package io.fcnspark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The library speaks of its own settings, not of the command line's options: a program that calls it has none. */
class LibraryTermsTest {
    private static final Path LIBRARY = Path.of("../pipeline");

    /** An option, in a message or a comment; not the decrement of a variable. */
    private static final Pattern OPTION = Pattern.compile("(?<![\\w)-])--[a-z][a-z-]+");

    @Test
    void noSourceOfTheLibraryNamesAnOption() throws IOException {
        try (Stream<Path> files = Files.walk(LIBRARY)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/main/"))
                    .toList();
            assertThat(sources).hasSizeGreaterThan(300);
            assertThat(sources.stream().flatMap(LibraryTermsTest::options)).isEmpty();
        }
    }

    private static Stream<String> options(Path source) {
        try {
            return Files.readAllLines(source).stream()
                    .filter(line -> OPTION.matcher(line).find())
                    .map(line -> source.getFileName() + ": " + line.strip());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
