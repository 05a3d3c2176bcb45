package io.fcnspark.report;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.EvaluationState;
import io.fcnspark.metrics.ImageEvaluation;
import io.fcnspark.scenes.Scene;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Reports of synthetic scenes whose masks are the truth, shifted. */
final class SampleReports {
    /** A name that would run a script, were it not escaped. */
    static final String HOSTILE =
            "<img src=x onerror=\"document.title='pwned'\"></script><script>document.title='pwned'</script>'\"&{{ 1 }}";

    static final ClassSet CLASSES = SceneGenerator.CLASSES;

    private SampleReports() {}

    /** Images of scenes with truth, in runs of some nights. */
    static ReportData withTruth(int images, int runs) {
        return of(images, runs, CLASSES, "s3a://bucket/labelled", "s3a://bucket/day=2026-01-31/street");
    }

    /** All that comes from outside is hostile. */
    static ReportData hostile() {
        ClassSet classes = new ClassSet(
                HOSTILE,
                CLASSES.classes().stream()
                        .map(c -> new LabelClass(c.id(), c.name() + HOSTILE, c.colour()))
                        .toList(),
                255);
        ReportData data = of(2, 2, classes, HOSTILE, HOSTILE);
        return new ReportData(
                data.source(),
                Optional.of(HOSTILE),
                data.createdAt(),
                classes,
                data.totals(),
                data.evaluation(),
                data.predicted(),
                data.runs().stream()
                        .map(run -> new RunFacts(
                                run.date(),
                                run.id() + HOSTILE,
                                run.first(),
                                run.last(),
                                run.labelled(),
                                run.rejected(),
                                run.meanConfidence(),
                                run.imagesWithTruth(),
                                run.meanIou(),
                                List.of(HOSTILE, HOSTILE + 2),
                                List.of(HOSTILE)))
                        .toList(),
                0,
                List.of(new Rejects(HOSTILE, 1, HOSTILE, HOSTILE)),
                data.images());
    }

    /** The same without any truth. */
    static ReportData withoutTruth(ReportData data) {
        return new ReportData(
                data.source(),
                data.where(),
                data.createdAt(),
                data.classes(),
                data.totals(),
                Optional.empty(),
                data.predicted(),
                data.runs().stream()
                        .map(run -> new RunFacts(
                                run.date(),
                                run.id(),
                                run.first(),
                                run.last(),
                                run.labelled(),
                                run.rejected(),
                                run.meanConfidence(),
                                0,
                                OptionalDouble.empty(),
                                run.models(),
                                run.engines()))
                        .toList(),
                0,
                data.rejects(),
                data.images().stream()
                        .map(image -> new GalleryImage(
                                image.image(),
                                image.height(),
                                image.width(),
                                image.model(),
                                image.runDate(),
                                image.runId(),
                                image.meanConfidence(),
                                image.meanEntropy(),
                                image.pixelsByClass(),
                                Optional.empty(),
                                Map.of(Gallery.RANDOM, image.ranks().get(Gallery.RANDOM)),
                                image.pictures()
                                        .map(p -> new Pictures(p.width(), p.height(), p.image(), p.mask(), null, null)),
                                image.problems()))
                        .toList());
    }

    /** Nothing but rejects. */
    static ReportData onlyRejects() {
        ReportData data = withTruth(1, 1);
        RunFacts run = data.runs().get(0);
        return new ReportData(
                data.source(),
                Optional.empty(),
                data.createdAt(),
                new ClassSet("masks", List.of(new LabelClass(0, "class 0", 0)), 255),
                new Totals(3, 0, 3, 0, OptionalDouble.empty(), OptionalDouble.empty()),
                Optional.empty(),
                List.of(),
                List.of(new RunFacts(
                        run.date(),
                        run.id(),
                        run.first(),
                        run.last(),
                        0,
                        3,
                        OptionalDouble.empty(),
                        0,
                        OptionalDouble.empty(),
                        run.models(),
                        run.engines())),
                0,
                List.of(new Rejects("not-an-image", 3, "file:/night/readme.txt", "12 bytes that are no image")),
                List.of());
    }

    private static ReportData of(int images, int runs, ClassSet classes, String source, String imageName) {
        SceneGenerator scenes = new SceneGenerator(5, SceneSizes.VARIED);
        PictureRenderer renderer = new PictureRenderer(classes, 16_000_000 / Math.max(134, images));
        Map<Integer, Scene> drawn = new HashMap<>();
        Map<Integer, Pictures> rendered = new HashMap<>();
        EvaluationState state = EvaluationState.zero(classes.size(), 1);
        Map<Integer, Long> pixels = new TreeMap<>();
        List<GalleryImage> gallery = new ArrayList<>();
        long allPixels = 0;
        for (int i = 0; i < images; i++) {
            Scene scene = drawn.computeIfAbsent(i % 10, scenes::scene);
            Mask mask = shifted(scene.truth(), 3 + i % 10);
            ConfusionMatrix confusion = ConfusionMatrix.of(classes.size(), scene.truth(), mask);
            state.add("image" + i, new ImageEvaluation(confusion, List.of(), Optional.empty()));
            Map<Integer, Long> ofImage = new HashMap<>(mask.pixelsByLabel());
            ofImage.forEach((id, count) -> pixels.merge(id, count, Long::sum));
            allPixels += (long) mask.width() * mask.height();
            boolean lost = i % 7 == 6;
            gallery.add(new GalleryImage(
                    "%s%04d.jpg".formatted(imageName, i),
                    mask.height(),
                    mask.width(),
                    "scenes@0123456789ab",
                    LocalDate.parse("2026-01-31"),
                    "night-" + i,
                    0.62 + 0.01 * (i % 30),
                    0.9 - 0.01 * (i % 30),
                    ofImage,
                    Optional.of(confusion),
                    Map.of(Gallery.WORST, images - 1 - i, Gallery.UNCERTAIN, i, Gallery.RANDOM, (i + 3) % images),
                    Optional.of(rendered.computeIfAbsent(
                            lost ? -1 - i % 10 : i % 10,
                            key -> renderer.render(
                                    key < 0 ? Optional.empty() : Optional.of(scene.image()),
                                    mask,
                                    Optional.of(scene.truth())))),
                    lost ? List.of("The image is not there any more: " + imageName) : List.of()));
        }
        Evaluation evaluation = state.evaluation();
        Random random = new Random(1);
        List<RunFacts> nights = IntStream.range(0, runs)
                .mapToObj(i -> new RunFacts(
                        LocalDate.parse("2026-01-01").plusDays(i),
                        "night-" + i,
                        Instant.parse("2026-01-01T02:00:00Z").plusSeconds(86400L * i),
                        Instant.parse("2026-01-01T03:10:00Z").plusSeconds(86400L * i),
                        1000 + random.nextInt(300),
                        random.nextInt(40),
                        OptionalDouble.of(0.88 + 0.02 * random.nextGaussian()),
                        100,
                        i % 5 == 4 ? OptionalDouble.empty() : OptionalDouble.of(0.7 + 0.02 * random.nextGaussian()),
                        List.of("scenes@0123456789ab"),
                        List.of("onnxruntime in fp32")))
                .toList();
        long labelled = nights.stream().mapToLong(RunFacts::labelled).sum();
        long rejected = nights.stream().mapToLong(RunFacts::rejected).sum();
        return new ReportData(
                source,
                Optional.empty(),
                Instant.parse("2026-02-01T05:00:00Z"),
                classes,
                new Totals(
                        labelled + rejected,
                        labelled,
                        rejected,
                        allPixels,
                        OptionalDouble.of(0.881),
                        OptionalDouble.of(0.41)),
                Optional.of(evaluation),
                pixels.entrySet().stream()
                        .map(e -> new PredictedClass(e.getKey(), images, e.getValue(), 0.8))
                        .toList(),
                nights,
                0,
                List.of(new Rejects(
                        "truncated",
                        rejected,
                        "s3a://bucket/day=2026-01-31/cut.jpg",
                        "the JPEG ends before its last row")),
                gallery);
    }

    /** Moved to the right; what is open in the truth has the class on its left. */
    private static Mask shifted(Mask truth, int by) {
        char[] labels = new char[truth.labels().length];
        for (int y = 0; y < truth.height(); y++) {
            char last = 0;
            for (int x = 0; x < truth.width(); x++) {
                int label = truth.at(Math.max(0, x - by), y);
                last = label == Mask.IGNORE ? last : (char) label;
                labels[y * truth.width() + x] = last;
            }
        }
        return new Mask(truth.width(), truth.height(), labels);
    }

    /** Writes the samples, to be looked at. */
    public static void main(String... args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.writeString(folder.resolve("truth.html"), HtmlReport.write(withTruth(24, 30)));
        Files.writeString(folder.resolve("no-truth.html"), HtmlReport.write(withoutTruth(withTruth(4, 3))));
        Files.writeString(folder.resolve("rejects.html"), HtmlReport.write(onlyRejects()));
        Files.writeString(folder.resolve("hostile.html"), HtmlReport.write(hostile()));
    }
}
