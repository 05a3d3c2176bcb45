package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenesTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void writesScenesOfTheSizeThatIsAskedFor() throws IOException {
        Path output = directory.resolve("a b");
        assertThat(run("--count=2", "--seed=5", "--size=64x100", "--output=" + output))
                .isEqualTo(0);
        assertThat(out.toString()).startsWith("2 scenes of seed 5 in " + output);
        assertThat(ImageIO.read(output.resolve("images/scene_000001.jpg").toFile()))
                .satisfies(image -> {
                    assertThat(image.getHeight()).isEqualTo(64);
                    assertThat(image.getWidth()).isEqualTo(100);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--size=64 | height x width",
                "--size=10x10 | expected 64 to 4096",
                "--count=0 | at least 1",
                "--count=many | --count"
            })
    void wrongOptionsAreUsageErrorsThatSayWhatIsExpected(String option, String expected) {
        assertThat(run("--count=1", "--output=" + directory.resolve("none"), option))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("fcn scenes: ").contains(expected);
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void aFileInTheWayIsTheUsersToMend() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(run("--count=1", "--size=64x64", "--output=" + file)).isEqualTo(3);
        assertThat(err.toString()).startsWith("fcn scenes: " + file);
    }

    private int run(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "scenes";
        System.arraycopy(args, 0, all, 1, args.length);
        return Fcn.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }
}
