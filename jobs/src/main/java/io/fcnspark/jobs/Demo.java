package io.fcnspark.jobs;

import static org.apache.spark.sql.functions.col;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.TruthDecoder;
import io.fcnspark.scenes.BundledModel;
import io.fcnspark.scenes.SceneFolder;
import io.fcnspark.scenes.SceneGenerator;
import io.fcnspark.scenes.SceneSizes;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.label.LabelImages;
import io.fcnspark.spark.label.LabelResult;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verb {@code demo}: the whole way from images to numbers, on synthetic scenes. */
@Command(
        name = "demo",
        description = {
            "Shows the whole way on synthetic street scenes: draws them, labels them with the model that comes along, compares"
                    + " with their truth.",
            "",
            "Writes DIR/scenes (images, truth, labels.json), DIR/model, DIR/labelled (the table of masks), DIR/report.html, a"
                    + " page about them for a browser, and DIR/sheet.png, a picture of some results. Run again, it labels what"
                    + " is not labelled yet."
        },
        footer = {"", "Examples:", "  fcn demo", "  fcn demo --dir /tmp/fcn-demo --count 200 --json demo.json"})
public final class Demo implements Callable<Integer>, Interruption.Resumable {
    /** Not the seeds that the model was trained and validated with. */
    private static final long SEED = 2026;

    private static final int ROWS = 4;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dir",
            defaultValue = "fcn-demo",
            paramLabel = "DIR",
            description = "Folder of all results; made if it does not exist. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--count",
            defaultValue = "40",
            paramLabel = "N",
            description = "Number of scenes. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Mixin
    private JsonFile json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Demo(), args);
    }

    @Override
    public String afterInterruption() {
        return "What is labelled stays; run the same again to go on";
    }

    @Override
    public Integer call() throws IOException, ImageException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count is " + count + ": expected at least 1");
        }
        json.requireFolder();
        PrintWriter out = spec.commandLine().getOut();
        Path scenes = folder.resolve("scenes");
        Path model = folder.resolve("model");
        String output = folder.resolve("labelled").toString();
        SceneFolder.write(new SceneGenerator(SEED, SceneSizes.VARIED), count, scenes);
        BundledModel.write(model);
        out.printf("%d street scenes in %s%n", count, scenes);

        LabelConvention labels = LabelConvention.plain(SceneGenerator.CLASSES);
        Summary summary = new Summary(out);
        try (SparkSession spark = SparkSessions.open("fcn demo")) {
            FcnActions actions = FcnActions.on(spark);
            LabelResult report = actions.labelImages()
                    .inputs(List.of(scenes.resolve("images").toString()))
                    .truth(scenes.toString(), labels)
                    .model(model.toString())
                    .output(output)
                    .progress(summary::print)
                    .execute();
            json.write(report.toJson());
            summary.print(actions.evaluateMasks()
                    .masks(output)
                    .truth(scenes.toString(), labels)
                    .execute());
            Path page = folder.resolve("report.html");
            actions.reportMasks()
                    .masks(output)
                    .truth(scenes.toString(), labels)
                    .output(page.toString())
                    .execute();
            Path sheet = folder.resolve("sheet.png");
            new PictureSheet(SceneGenerator.CLASSES).write(rows(spark, output, labels), sheet);
            out.printf(
                    "%n%s, %.2f images/s, %s in %s%n",
                    report.model(), report.imagesPerSecond(), report.engine(), report.precision());
            out.printf("masks    %s%n", report.output());
            out.printf("report   %s%n", page.toUri());
            out.printf("picture  %s%n", sheet.toUri());
            out.printf("model    %s, for your own scenes: fcn label --model %s …%n", model, model);
        }
        return ExitCode.DONE;
    }

    private List<PictureSheet.Labelled> rows(SparkSession spark, String output, LabelConvention labels)
            throws IOException, ImageException {
        ImageDecoder images = new ImageDecoder(LabelImages.DEFAULT_MAX_PIXELS);
        TruthDecoder truths = new TruthDecoder(labels, LabelImages.DEFAULT_MAX_PIXELS);
        List<PictureSheet.Labelled> rows = new ArrayList<>();
        for (Row row : MaskTable.under(spark, output)
                .rows()
                .filter(col(MasksSchema.MASK).isNotNull())
                .orderBy(MasksSchema.IMAGE)
                .select(MasksSchema.IMAGE, MasksSchema.MASK)
                .takeAsList(ROWS)) {
            Path image = Path.of(HadoopPaths.pathOf(row.getString(0)));
            Path truth = folder.resolve("scenes/labels")
                    .resolve(image.getFileName().toString().replace(".jpg", ".png"));
            rows.add(new PictureSheet.Labelled(
                    images.decode(Files.readAllBytes(image)),
                    truths.decode(Files.readAllBytes(truth)),
                    MaskPng.decode(row.getAs(1))));
        }
        return rows;
    }
}
