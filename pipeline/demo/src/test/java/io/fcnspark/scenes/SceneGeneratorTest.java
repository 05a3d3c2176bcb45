package io.fcnspark.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.labels.Mask;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SceneGeneratorTest {
    private static final SceneSizes SMALL = SceneSizes.of(120, 180);

    private final SceneGenerator generator = new SceneGenerator(42, SMALL);

    @Test
    void sameSeedAndIndexGiveTheSameSceneInAnyOrderAndThread() {
        List<Scene> forwards = LongStream.range(0, 4).mapToObj(generator::scene).toList();
        List<Scene> parallel = LongStream.range(0, 4)
                .parallel()
                .mapToObj(new SceneGenerator(42, SMALL)::scene)
                .toList();
        for (int i = 0; i < 4; i++) {
            assertThat(parallel.get(i).image().rgb())
                    .isEqualTo(forwards.get(i).image().rgb());
            assertThat(parallel.get(i).truth()).isEqualTo(forwards.get(i).truth());
        }
    }

    @Test
    void anotherIndexOrSeedGivesAnotherScene() {
        Mask truth = generator.scene(0).truth();
        assertThat(generator.scene(1).truth()).isNotEqualTo(truth);
        assertThat(new SceneGenerator(43, SMALL).scene(0).truth()).isNotEqualTo(truth);
    }

    @Test
    void everyClassOccursOften() {
        int scenes = 10;
        SceneGenerator varied = new SceneGenerator(42, SceneSizes.VARIED);
        int[] occurrences = new int[SceneGenerator.CLASSES.size()];
        for (int i = 0; i < scenes; i++) {
            labels(varied.scene(i).truth()).stream()
                    .filter(label -> label != Mask.IGNORE)
                    .forEach(label -> occurrences[label]++);
        }
        for (int id = 0; id < occurrences.length; id++) {
            assertThat(occurrences[id])
                    .as(SceneGenerator.CLASSES.names().get(id))
                    .isGreaterThanOrEqualTo(scenes / 2);
        }
    }

    @Test
    void twoClassesNeverTouch() {
        Mask truth = generator.scene(3).truth();
        for (int y = 0; y < truth.height(); y++) {
            for (int x = 0; x + 1 < truth.width(); x++) {
                assertTold(truth.at(x, y), truth.at(x + 1, y));
            }
        }
        for (int x = 0; x < truth.width(); x++) {
            for (int y = 0; y + 1 < truth.height(); y++) {
                assertTold(truth.at(x, y), truth.at(x, y + 1));
            }
        }
    }

    private static void assertTold(int label, int neighbour) {
        if (label != Mask.IGNORE && neighbour != Mask.IGNORE) {
            assertThat(label).isEqualTo(neighbour);
        }
    }

    @Test
    void bordersAreThin() {
        for (int i = 0; i < 5; i++) {
            Mask truth = new SceneGenerator(1, SceneSizes.VARIED).scene(i).truth();
            long open = IntStream.range(0, truth.labels().length)
                    .filter(p -> truth.labels()[p] == Mask.IGNORE)
                    .count();
            assertThat(open).isBetween(1L, truth.labels().length / 8L);
        }
    }

    @Test
    void bordersOpenTheThreePixelsOnEitherSide() {
        char o = (char) Mask.IGNORE;
        Mask truth = new Mask(8, 3, new char[] {
            1, 1, 1, 1, 2, 2, 2, 2,
            1, 1, 1, 1, 2, 2, 2, 2,
            1, 1, 1, 1, 2, 2, 2, 2
        });
        assertThat(Finish.openBorders(truth)).isEqualTo(new Mask(8, 3, new char[] {
            1, o, o, o, o, o, o, 2,
            1, o, o, o, o, o, o, 2,
            1, o, o, o, o, o, o, 2
        }));
    }

    @Test
    void sizesVaryWithinTheirRanges() {
        SceneSizes sizes = new SceneSizes(64, 72, 1.0, 1.5);
        Set<Integer> heights = IntStream.range(0, 8)
                .mapToObj(i -> new SceneGenerator(5, sizes).scene(i))
                .peek(scene -> {
                    assertThat(scene.image().height()).isBetween(64, 72);
                    assertThat(scene.image().width() / (double) scene.image().height())
                            .isBetween(0.99, 1.51);
                })
                .map(scene -> scene.image().height())
                .collect(Collectors.toSet());
        assertThat(heights).hasSizeGreaterThan(2);
    }

    @Test
    void oneSizeIsExact() {
        Scene scene = new SceneGenerator(5, SceneSizes.of(100, 177)).scene(0);
        assertThat(scene.image().height()).isEqualTo(100);
        assertThat(scene.image().width()).isEqualTo(177);
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> SceneSizes.of(10, 20)).hasMessageContaining("64 to 4096");
        assertThatThrownBy(() -> SceneSizes.of(100, 900)).hasMessageContaining("0.5 to 4");
        assertThatThrownBy(() -> generator.scene(-1)).hasMessageContaining("-1");
    }

    private static Set<Integer> labels(Mask mask) {
        return IntStream.range(0, mask.labels().length)
                .mapToObj(i -> (int) mask.labels()[i])
                .collect(Collectors.toSet());
    }
}
