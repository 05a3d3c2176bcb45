package io.fcnspark.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.Interval;
import io.fcnspark.metrics.MetricsState;
import io.fcnspark.metrics.Score;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import io.fcnspark.report.ReportPage.Card;
import io.fcnspark.report.ReportPage.CardClass;
import io.fcnspark.report.ReportPage.ClassRow;
import io.fcnspark.report.ReportPage.Confused;
import io.fcnspark.report.ReportPage.ConfusionRow;
import io.fcnspark.report.ReportPage.Layer;
import io.fcnspark.report.ReportPage.RunRow;
import io.fcnspark.report.ReportPage.Tab;
import io.fcnspark.report.ReportPage.Tile;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Puts the data of a report into words. */
final class ReportPages {
    /** More would not be looked at. */
    private static final int MOST_CONFUSED = 12;

    private final ReportData data;
    private final Optional<SegmentationMetrics> metrics;
    private final Map<Integer, PredictedClass> predicted;

    ReportPages(ReportData data) {
        this.data = data;
        this.metrics = data.evaluation().map(e -> SegmentationMetrics.of(e.metrics(), data.classes()));
        this.predicted = data.predicted().stream().collect(Collectors.toMap(PredictedClass::id, Function.identity()));
    }

    ReportPage page() {
        List<ClassRow> classes =
                classIds(data, metrics).stream().map(this::classRow).toList();
        Set<Integer> shown = data.images().stream()
                .flatMap(image -> classIds(image).stream())
                .collect(Collectors.toSet());
        return new ReportPage(
                data.source(),
                data.where().orElse(null),
                Words.minute(data.createdAt()),
                notes(),
                tiles(),
                metrics.isPresent(),
                data.evaluation()
                        .map(e -> "Intervals of 95 %% from a bootstrap over images, seed %d."
                                .formatted(e.intervals().seed()))
                        .orElse(null),
                classes,
                metrics.map(this::confusion).orElse(List.of()),
                metrics.map(this::confused).orElse(List.of()),
                latestFirst(data.runs()).stream().map(ReportPages::runRow).toList(),
                data.olderRuns() == 0 ? null : Words.count(data.olderRuns()),
                data.rejects(),
                tabs(),
                classes.stream().filter(row -> shown.contains(row.id())).toList(),
                IntStream.range(0, data.images().size())
                        .mapToObj(i -> card(i, data.images().get(i)))
                        .toList());
    }

    /** Classes that occur in a mask or in the truth, ascending. */
    static List<Integer> classIds(ReportData data, Optional<SegmentationMetrics> metrics) {
        Set<Integer> ids = new TreeSet<>();
        data.predicted().forEach(c -> ids.add(c.id()));
        metrics.ifPresent(
                m -> m.classes().stream().filter(c -> c.iou().isPresent()).forEach(c -> ids.add(c.id())));
        return List.copyOf(ids);
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        Set<String> models = data.runs().stream()
                .flatMap(run -> run.models().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        if (models.size() > 1) {
            notes.add("The numbers mix %d models: %s. Choose one by the condition \"model = '…'\" to judge it alone."
                    .formatted(models.size(), String.join(", ", models)));
        }
        if (data.evaluation().isEmpty() && data.totals().labelled() > 0) {
            notes.add("These images have no truth, so nothing here says how many pixels are right. Confidence is the"
                    + " network's own opinion.");
        }
        return notes;
    }

    private List<Tile> tiles() {
        List<Tile> tiles = new ArrayList<>();
        metrics.ifPresent(m -> {
            tiles.add(score("Mean IU", m.meanIou(), interval(Score.MEAN_IOU)));
            tiles.add(score("Pixel accuracy", m.pixelAccuracy(), interval(Score.PIXEL_ACCURACY)));
            tiles.add(score("Mean accuracy", m.meanAccuracy(), interval(Score.MEAN_ACCURACY)));
            tiles.add(score("Frequency weighted IU", m.frequencyWeightedIou(), interval(Score.FREQUENCY_WEIGHTED_IOU)));
        });
        Totals totals = data.totals();
        tiles.add(tile(
                "Images labelled",
                Words.count(totals.labelled()),
                metrics.map(m -> Words.count(m.images()) + " of them with truth")
                        .orElse("none of them with truth")));
        tiles.add(tile(
                "Images rejected",
                Words.count(totals.rejected()),
                Words.percent(Words.share(totals.rejected(), totals.rows())) + " of " + Words.count(totals.rows())));
        tiles.add(tile(
                "Mean confidence",
                Words.percent(totals.meanConfidence()),
                totals.meanEntropy().isPresent()
                        ? "mean entropy %s nats".formatted(Words.nats(totals.meanEntropy()))
                        : null));
        return tiles;
    }

    private Optional<Interval> interval(Score score) {
        return data.evaluation().map(Evaluation::intervals).flatMap(i -> i.of(score));
    }

    private static Tile tile(String label, String value, String detail) {
        return new Tile(label, value, detail, null, null, null);
    }

    private static Tile score(String label, OptionalDouble value, Optional<Interval> interval) {
        return new Tile(
                label,
                Words.percent(value),
                interval.map(i -> Words.percent(Optional.of(i))).orElse("too few images for an interval"),
                interval.map(i -> css(i.low())).orElse(null),
                interval.map(i -> css(i.high() - i.low())).orElse(null),
                value.isPresent() ? css(value.getAsDouble()) : null);
    }

    private static String css(double share) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }

    private ClassRow classRow(int id) {
        LabelClass c = data.classes().classes().get(id);
        Optional<ClassMetrics> scores = metrics.map(m -> m.classes().get(id));
        Optional<PredictedClass> masks = Optional.ofNullable(predicted.get(id));
        return new ClassRow(
                id,
                c.name(),
                Words.colour(c.colour()),
                scores.map(s -> Words.percent(s.iou())).orElse(null),
                data.evaluation()
                        .map(e -> Words.percent(e.intervals().ofIou(id)))
                        .orElse(null),
                scores.map(s -> Words.percent(s.accuracy())).orElse(null),
                data.evaluation()
                        .map(e -> Words.percent(e.intervals().ofAccuracy(id)))
                        .orElse(null),
                scores.map(s -> Words.percent(
                                Words.share(s.pixels(), metrics.orElseThrow().pixels())))
                        .orElse(null),
                Words.percent(Words.share(
                        masks.map(PredictedClass::pixels).orElse(0L),
                        data.totals().pixels())),
                masks.map(m -> Words.percent(m.meanConfidence())).orElse("–"),
                Words.count(masks.map(PredictedClass::images).orElse(0L)));
    }

    private List<ConfusionRow> confusion(SegmentationMetrics m) {
        List<Integer> ids = classIds(data, metrics);
        ConfusionMatrix n = m.confusion();
        return ids.stream()
                .map(truth -> {
                    LabelClass c = data.classes().classes().get(truth);
                    long pixels = n.truthPixels(truth);
                    return new ConfusionRow(
                            c.name(),
                            Words.colour(c.colour()),
                            Words.count(pixels),
                            ids.stream()
                                    .map(p -> n.at(truth, p) == 0
                                            ? ""
                                            : Words.percent(Words.share(n.at(truth, p), pixels)))
                                    .toList());
                })
                .toList();
    }

    private List<Confused> confused(SegmentationMetrics m) {
        ConfusionMatrix n = m.confusion();
        return n.cells().stream()
                .filter(cell -> cell.truth() != cell.predicted())
                .sorted(Comparator.comparingLong(Cell::pixels).reversed())
                .limit(MOST_CONFUSED)
                .map(cell -> {
                    LabelClass truth = data.classes().classes().get(cell.truth());
                    LabelClass given = data.classes().classes().get(cell.predicted());
                    return new Confused(
                            truth.name(),
                            Words.colour(truth.colour()),
                            given.name(),
                            Words.colour(given.colour()),
                            Words.percent(Words.share(cell.pixels(), n.truthPixels(cell.truth()))),
                            Words.count(cell.pixels()));
                })
                .toList();
    }

    private static List<RunFacts> latestFirst(List<RunFacts> runs) {
        List<RunFacts> reversed = new ArrayList<>(runs);
        Collections.reverse(reversed);
        return reversed;
    }

    private static RunRow runRow(RunFacts run) {
        return new RunRow(
                run.date().toString(),
                run.id(),
                Words.span(run.first(), run.last()),
                Words.count(run.labelled()),
                Words.count(run.rejected()),
                Words.percent(run.meanConfidence()),
                Words.percent(run.meanIou()),
                Words.count(run.imagesWithTruth()),
                String.join(", ", run.models()),
                String.join(", ", run.engines()));
    }

    private List<Tab> tabs() {
        return Stream.of(Gallery.values())
                .map(gallery ->
                        new Tab(gallery.id(), gallery.title(), gallery.explanation(), (int) data.images().stream()
                                .filter(image -> image.ranks().containsKey(gallery))
                                .count()))
                .filter(tab -> tab.images() > 0)
                .toList();
    }

    private static Set<Integer> classIds(GalleryImage image) {
        Set<Integer> ids = new TreeSet<>(image.pixelsByClass().keySet());
        image.confusion().ifPresent(n -> n.cells().forEach(cell -> {
            ids.add(cell.truth());
            ids.add(cell.predicted());
        }));
        return ids;
    }

    private Card card(int number, GalleryImage image) {
        Optional<SegmentationMetrics> scores =
                image.confusion().map(n -> SegmentationMetrics.of(MetricsState.ofImage(n), data.classes()));
        ObjectNode ious = JsonNodeFactory.instance.objectNode();
        List<CardClass> classes = new ArrayList<>();
        long pixels = (long) image.height() * image.width();
        for (int id : classIds(image)) {
            LabelClass c = data.classes().classes().get(id);
            OptionalDouble iou = scores.map(s -> s.classes().get(id).iou()).orElse(OptionalDouble.empty());
            ious.put(Integer.toString(id), iou.isPresent() ? iou.getAsDouble() : null);
            classes.add(new CardClass(
                    c.name(),
                    Words.colour(c.colour()),
                    scores.isPresent() ? Words.percent(iou) : null,
                    scores.map(s -> Words.percent(
                                    Words.share(s.classes().get(id).pixels(), s.pixels())))
                            .orElse(null),
                    Words.percent(Words.share(image.pixelsByClass().getOrDefault(id, 0L), pixels))));
        }
        String name = Words.shortName(image.image());
        return new Card(
                number,
                name,
                image.image(),
                "%d × %d".formatted(image.width(), image.height()),
                image.model(),
                "%s, %s".formatted(image.runDate(), image.runId()),
                scores.map(s -> Words.percent(s.meanIou())).orElse(null),
                scores.map(s -> Words.percent(s.pixelAccuracy())).orElse(null),
                Words.percent(image.meanConfidence()),
                Words.nats(OptionalDouble.of(image.meanEntropy())),
                rank(image, Gallery.WORST),
                rank(image, Gallery.UNCERTAIN),
                rank(image, Gallery.RANDOM),
                ious.toString(),
                image.problems(),
                image.pictures()
                        .map(pictures -> layers(name, pictures, classes, scores))
                        .orElse(List.of()),
                image.pictures().map(Pictures::width).orElse(0),
                image.pictures().map(Pictures::height).orElse(0),
                classes);
    }

    private static String rank(GalleryImage image, Gallery gallery) {
        Integer rank = image.ranks().get(gallery);
        return rank == null ? "" : rank.toString();
    }

    private static List<Layer> layers(
            String name, Pictures pictures, List<CardClass> classes, Optional<SegmentationMetrics> scores) {
        List<Layer> layers = new ArrayList<>();
        layers.add(
                pictures.image() == null
                        ? new Layer("image", "Image", null, "The image cannot be shown.")
                        : new Layer("image", "Image", uri("jpeg", pictures.image()), "Image " + name));
        if (pictures.truth() != null) {
            layers.add(new Layer(
                    "truth", "Truth", uri("png", pictures.truth()), "Truth: " + summary(classes, CardClass::truth)));
        } else if (scores.isPresent()) {
            layers.add(new Layer("truth", "Truth", null, "The truth is not at hand."));
        }
        layers.add(
                new Layer("mask", "Mask", uri("png", pictures.mask()), "Mask: " + summary(classes, CardClass::mask)));
        if (pictures.errors() != null) {
            String wrong = scores.map(SegmentationMetrics::pixelAccuracy)
                    .filter(OptionalDouble::isPresent)
                    .map(accuracy -> "Errors: %s of the pixels that count are wrong, marked red"
                            .formatted(Words.percent(1 - accuracy.getAsDouble())))
                    .orElse("Errors, marked red");
            layers.add(new Layer("errors", "Errors", uri("png", pictures.errors()), wrong));
        }
        return layers;
    }

    private static String summary(List<CardClass> classes, Function<CardClass, String> share) {
        return classes.stream()
                .filter(c -> share.apply(c) != null && !share.apply(c).equals("0.0 %"))
                .map(c -> c.name() + " " + share.apply(c))
                .collect(Collectors.joining(", "));
    }

    private static String uri(String format, byte[] file) {
        return "data:image/%s;base64,%s".formatted(format, Base64.getEncoder().encodeToString(file));
    }
}
