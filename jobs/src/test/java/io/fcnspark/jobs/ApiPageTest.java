package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The programs on the page are those that {@link ConsumerIT} runs. */
class ApiPageTest {
    private static final Path PAGE = Path.of("../pipeline/docs/api.md");
    private static final Path PROJECT = Path.of("src/it/consumer");
    private static final Pattern PROGRAM = Pattern.compile("```(?:java|scala)\n(.*?)```\n", Pattern.DOTALL);

    @Test
    void thePagesProgramsAreTheFiles() throws IOException {
        List<String> onThePage = PROGRAM.matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .toList();
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> sources = Files.walk(PROJECT)) {
            for (Path source : sources.filter(file -> file.toString().matches(".*/src/main/.*\\.(java|scala)"))
                    .toList()) {
                files.put(source.getFileName().toString(), Files.readString(source));
            }
        }
        assertThat(files).hasSize(5);
        assertThat(onThePage).containsExactlyInAnyOrderElementsOf(files.values());
    }
}
