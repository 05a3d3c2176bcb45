package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void makesABundleThatLoadsAndCanBeInspected() {
        String bundle = directory.resolve("net").toString();
        assertThat(run(
                        "init",
                        "--variant=fcn16s",
                        "--labels=camvid",
                        "--width=0.02",
                        "--geometry=caffe",
                        "--seed=7",
                        "--output=" + bundle))
                .as(err.toString())
                .isEqualTo(0);
        ModelDescription model = ModelBundle.load(Path.of(bundle)).description();
        assertThat(model.network().variant()).isEqualTo(Variant.FCN_16S);
        assertThat(model.network().geometry()).isEqualTo(Geometry.CAFFE);
        assertThat(model.classes().name()).isEqualTo("camvid");
        assertThat(model.provenance()).containsEntry("seed", "7");
        assertThat(out.toString()).contains(model.identity());

        assertThat(run("inspect", "--model=" + bundle, "--size=100x120")).isEqualTo(0);
        assertThat(out.toString()).contains("conv1_1", "score_pool4", "100x120");
    }

    @Test
    void sameSeedGivesTheSameModel() {
        String[] identities = new String[3];
        long[] seeds = {1, 1, 2};
        for (int i = 0; i < seeds.length; i++) {
            Path bundle = directory.resolve("net" + i);
            run("init", "--variant=fcn32s", "--labels=voc", "--width=0.02", "--seed=" + seeds[i], "--output=" + bundle);
            identities[i] = ModelBundle.describe(bundle).identity();
        }
        assertThat(identities[1]).isEqualTo(identities[0]);
        assertThat(identities[2]).isNotEqualTo(identities[0]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--variant=fcn4s | fcn32s, fcn16s, fcn8s, fcn8s-atonce",
                "--geometry=round | same, caffe",
                "--width=9 | at most 4",
                "--labels=nyu | voc, camvid"
            })
    void wrongOptionsAreUsageErrorsThatSayWhatIsExpected(String option, String expected) {
        assertThat(run("init", "--variant=fcn8s", "--labels=voc", "--output=" + directory.resolve("net"), option))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("fcn init: ").contains(expected);
    }

    @Test
    void aModelThatIsNotThereIsTheUsersToMend() {
        assertThat(run("inspect", "--model=" + directory.resolve("none"))).isEqualTo(3);
        assertThat(err.toString()).startsWith("fcn inspect: ").contains("none", "there is no model");
    }

    private int run(String... args) {
        return Fcn.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
