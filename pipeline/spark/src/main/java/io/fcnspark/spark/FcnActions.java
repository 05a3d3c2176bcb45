package io.fcnspark.spark;

import io.fcnspark.spark.evaluate.EvaluateMasks;
import io.fcnspark.spark.export.ExportMasks;
import io.fcnspark.spark.label.LabelImages;
import io.fcnspark.spark.pack.PackImages;
import io.fcnspark.spark.quantise.QuantiseModel;
import io.fcnspark.spark.report.ReportMasks;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * What a program can do on Spark. Each method gives an action that does nothing yet: its methods set what it needs, then {@code
 * execute()} does it and returns what was done.
 *
 * <p>Settings are checked when they are set ({@link io.fcnspark.errors.SettingException}); what only shows when the action runs,
 * and somebody can put right, is an {@link io.fcnspark.errors.FcnException}.
 */
public final class FcnActions {
    private final Supplier<SparkSession> session;

    private FcnActions(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** Actions that run on a session, which stays the caller's to close. */
    public static FcnActions on(SparkSession spark) {
        Objects.requireNonNull(spark);
        return new FcnActions(() -> spark);
    }

    /** Actions on a session that is asked for when one is executed, so that what is wrong with its settings shows before. */
    public static FcnActions onDemand(Supplier<SparkSession> session) {
        return new FcnActions(Objects.requireNonNull(session));
    }

    /** Labels every image that the output does not hold yet. Inputs, model and output must be set. */
    public LabelImages labelImages() {
        return LabelImages.on(session);
    }

    /** Compares masks with truth. Masks and truth must be set. */
    public EvaluateMasks evaluateMasks() {
        return EvaluateMasks.on(session);
    }

    /** Writes an HTML page about the masks of an output. Masks and output must be set. */
    public ReportMasks reportMasks() {
        return ReportMasks.on(session);
    }

    /** Writes masks in the format of an annotation tool. Masks, format and output must be set. */
    public ExportMasks exportMasks() {
        return ExportMasks.on(session);
    }

    /** Makes a model of integers from a trained one. Model, images and output must be set. */
    public QuantiseModel quantiseModel() {
        return QuantiseModel.on(session);
    }

    /** Packs images, with their truth, into tar shards. Inputs and output must be set. */
    public PackImages packImages() {
        return PackImages.on(session);
    }
}
