package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code report}: what it refuses. That it writes a page is seen in {@link DemoTest}. */
class ReportTest {
    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    private int report(String... more) {
        String[] arguments = new String[5 + more.length];
        System.arraycopy(
                new String[] {
                    "report",
                    "--masks",
                    folder.toString(),
                    "--output",
                    folder.resolve("report.html").toString()
                },
                0,
                arguments,
                0,
                5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
    }

    @Test
    void optionsThatMakeNoSenseAreUsageErrors() {
        assertThat(report("--truth", "truth")).isEqualTo(2);
        assertThat(err.toString()).contains("--truth needs --labels");
        assertThat(report("--labels", "voc", "--model", "model")).isEqualTo(2);
        assertThat(err.toString()).contains("give one of them");
        assertThat(report("--images", "5000")).isEqualTo(2);
        assertThat(err.toString()).contains("--images is 5000", "0 to 1000");
        assertThat(report("--labels", "coco")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown label convention 'coco'");
    }

    @Test
    void aFolderWithoutMasksIsBadInput() {
        assertThat(report()).isEqualTo(3);
        assertThat(err.toString()).contains("holds no table of masks").doesNotContain("\tat ");
        assertThat(folder.resolve("report.html")).doesNotExist();
    }
}
