package io.fcnspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.labels.Mask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class MetricsLawsTest {
    private static final int CLASSES = 4;

    private record Labelled(Mask truth, Mask predicted) {
        ConfusionMatrix confusion() {
            return ConfusionMatrix.of(CLASSES, truth, predicted);
        }
    }

    @Provide
    Arbitrary<Labelled> images() {
        Arbitrary<Character> predicted =
                Arbitraries.integers().between(0, CLASSES - 1).map(i -> (char) i.intValue());
        Arbitrary<Character> truth =
                Arbitraries.frequencyOf(Tuple.of(4, predicted), Tuple.of(1, Arbitraries.just((char) Mask.IGNORE)));
        return Combinators.combine(
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 4))
                .flatAs((w, h) -> Combinators.combine(
                                truth.array(char[].class).ofSize(w * h),
                                predicted.array(char[].class).ofSize(w * h))
                        .as((t, p) -> new Labelled(new Mask(w, h, t), new Mask(w, h, p))));
    }

    @Provide
    Arbitrary<List<Labelled>> sets() {
        return images().list().ofMaxSize(8);
    }

    private static MetricsState state(List<Labelled> images) {
        return images.stream()
                .map(image -> MetricsState.ofImage(image.confusion()))
                .reduce(MetricsState.zero(CLASSES), MetricsState::plus);
    }

    @Property(tries = 200)
    void zeroIsTheIdentity(@ForAll("sets") List<Labelled> a) {
        MetricsState state = state(a);
        assertThat(state.plus(MetricsState.zero(CLASSES))).isEqualTo(state);
        assertThat(MetricsState.zero(CLASSES).plus(state)).isEqualTo(state);
    }

    @Property(tries = 200)
    void plusIsCommutative(@ForAll("sets") List<Labelled> a, @ForAll("sets") List<Labelled> b) {
        assertThat(state(a).plus(state(b))).isEqualTo(state(b).plus(state(a)));
    }

    @Property(tries = 200)
    void plusIsAssociative(
            @ForAll("sets") List<Labelled> a, @ForAll("sets") List<Labelled> b, @ForAll("sets") List<Labelled> c) {
        assertThat(state(a).plus(state(b)).plus(state(c))).isEqualTo(state(a).plus(state(b).plus(state(c))));
    }

    @Property(tries = 200)
    void mergingEqualsTheUnionInAnyOrder(
            @ForAll("sets") List<Labelled> a, @ForAll("sets") List<Labelled> b, @ForAll long seed) {
        List<Labelled> union = new ArrayList<>(a);
        union.addAll(b);
        Collections.shuffle(union, new Random(seed));
        assertThat(state(a).plus(state(b))).isEqualTo(state(union));
    }

    @Property(tries = 200)
    void confusionOfTwoImagesIsThatOfTheirPixelsTogether(@ForAll("images") Labelled a, @ForAll("images") Labelled b) {
        Labelled together = new Labelled(concatenate(a.truth, b.truth), concatenate(a.predicted, b.predicted));
        assertThat(a.confusion().plus(b.confusion())).isEqualTo(together.confusion());
    }

    @Property(tries = 200)
    void cellsHoldAllButTheIgnoredPixels(@ForAll("images") Labelled image) {
        ConfusionMatrix n = image.confusion();
        assertThat(ConfusionMatrix.ofCells(CLASSES, n.cells(), n.ignoredPixels()))
                .isEqualTo(n);
        assertThat(n.pixels() + n.ignoredPixels()).isEqualTo(image.truth.labels().length);
    }

    private static Mask concatenate(Mask a, Mask b) {
        String labels = new String(a.labels()) + new String(b.labels());
        return new Mask(labels.length(), 1, labels.toCharArray());
    }
}
