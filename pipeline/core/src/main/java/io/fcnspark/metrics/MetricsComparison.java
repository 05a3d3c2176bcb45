package io.fcnspark.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Two labellings of the same images, compared by a paired bootstrap: each replicate draws the same images for both.
 *
 * @param images of which at least one pixel counts
 * @param scores of the whole
 * @param classes IU of each class, by id
 */
public record MetricsComparison(long images, Map<Score, Difference> scores, List<ClassDifference> classes) {
    /** What an error of the first kind may cost at most, for a difference to be called significant. */
    public static final double SIGNIFICANCE = 0.05;

    public MetricsComparison {
        scores = Map.copyOf(scores);
        classes = List.copyOf(classes);
    }

    /**
     * One score of both.
     *
     * @param masks of the masks that are judged
     * @param against of those that they are compared with
     * @param interval of {@code masks} − {@code against}; empty for fewer than two images
     * @param pValue of the hypothesis that there is no difference, two-sided: twice the share of replicates on the other side
     *     of 0, not below 2/{@value Bootstrap#REPLICATES}; not corrected for several scores being looked at; empty as
     *     {@code interval} is
     */
    public record Difference(
            OptionalDouble masks, OptionalDouble against, Optional<Interval> interval, OptionalDouble pValue) {
        /** How much better the masks are; empty if either has no value. */
        public OptionalDouble difference() {
            return masks.isPresent() && against.isPresent()
                    ? OptionalDouble.of(masks.getAsDouble() - against.getAsDouble())
                    : OptionalDouble.empty();
        }

        /** Whether the p-value is below {@value MetricsComparison#SIGNIFICANCE}. */
        public boolean isSignificant() {
            return pValue.isPresent() && pValue.getAsDouble() < SIGNIFICANCE;
        }
    }

    /** The IU of one class in both. */
    public record ClassDifference(int id, String name, Difference iou) {}

    /**
     * Compares.
     *
     * @param masks of the masks that are judged
     * @param against of other masks of the same images
     */
    public static MetricsComparison of(Bootstrap masks, Bootstrap against, ClassSet classes) {
        if (masks.images() != against.images()) {
            throw new IllegalArgumentException(
                    "%d and %d images: expected the same".formatted(masks.images(), against.images()));
        }
        Map<Score, Difference> scores = new EnumMap<>(Score.class);
        for (Score score : Score.values()) {
            scores.put(score, difference(masks, against, masks.images(), score::of));
        }
        List<ClassDifference> perClass = new ArrayList<>();
        for (LabelClass c : classes.classes()) {
            long images = Math.min(masks.imagesWithClass(c.id()), against.imagesWithClass(c.id()));
            perClass.add(new ClassDifference(
                    c.id(), c.name(), difference(masks, against, images, n -> Scores.iou(n, c.id()))));
        }
        return new MetricsComparison(masks.images(), scores, perClass);
    }

    private static Difference difference(
            Bootstrap masks, Bootstrap against, long images, Function<ClassCounts, OptionalDouble> score) {
        OptionalDouble ours = score.apply(masks.counts(0));
        OptionalDouble theirs = score.apply(against.counts(0));
        if (images < 2) {
            return new Difference(ours, theirs, Optional.empty(), OptionalDouble.empty());
        }
        double[] differences = new double[Bootstrap.REPLICATES];
        int defined = 0;
        int notAbove = 0;
        int notBelow = 0;
        for (int replicate = 1; replicate <= Bootstrap.REPLICATES; replicate++) {
            OptionalDouble a = score.apply(masks.counts(replicate));
            OptionalDouble b = score.apply(against.counts(replicate));
            if (a.isPresent() && b.isPresent()) {
                double difference = a.getAsDouble() - b.getAsDouble();
                differences[defined++] = difference;
                notAbove += difference <= 0 ? 1 : 0;
                notBelow += difference >= 0 ? 1 : 0;
            }
        }
        OptionalDouble pValue = defined == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(1, 2.0 * (1 + Math.min(notAbove, notBelow)) / (1 + defined)));
        return new Difference(ours, theirs, Interval.of(Arrays.copyOf(differences, defined)), pValue);
    }

    /**
     * As JSON: {@code images, metrics: {mean_iou: {masks, against, difference, interval: [low, high], p_value, significant}, …},
     * classes: [{id, name, iou: {…}}]}; null for what has no value.
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("images", images);
        ObjectNode metrics = json.putObject("metrics");
        for (Score score : Score.values()) {
            put(metrics.putObject(score.key()), scores.get(score));
        }
        ArrayNode perClass = json.putArray("classes");
        for (ClassDifference c : classes) {
            ObjectNode node = perClass.addObject();
            node.put("id", c.id).put("name", c.name);
            put(node.putObject("iou"), c.iou);
        }
        return json;
    }

    private static void put(ObjectNode node, Difference difference) {
        node.put("masks", Json.nullable(difference.masks));
        node.put("against", Json.nullable(difference.against));
        node.put("difference", Json.nullable(difference.difference()));
        node.set("interval", Json.interval(difference.interval));
        node.put("p_value", Json.nullable(difference.pValue));
        node.put("significant", difference.isSignificant());
    }
}
