package io.fcnspark.spark.finetune;

import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Where a program begins that trains models on Spark.
 *
 * <pre>{@code
 * FineTuneResult result = FcnTraining.on(spark)
 *         .fineTune()
 *         .images(List.of("camvid/train"), List.of("camvid/val"), LabelConventions.of("camvid"))
 *         .truth("camvid")
 *         .fromScratch(Variant.FCN_8S, Backbone.vgg16(0.125))
 *         .output("models/camvid", "camvid")
 *         .options(TrainingOptions.builder().epochs(20).build())
 *         .execute();
 * }</pre>
 */
public final class FcnTraining {
    private final Supplier<SparkSession> spark;

    private FcnTraining(Supplier<SparkSession> spark) {
        this.spark = Objects.requireNonNull(spark);
    }

    /** Training on a session, which stays the caller's. */
    public static FcnTraining on(SparkSession spark) {
        Objects.requireNonNull(spark);
        return new FcnTraining(() -> spark);
    }

    /** Training on a session that is asked for when a training is executed, so that what is wrong with it shows before. */
    public static FcnTraining onDemand(Supplier<SparkSession> spark) {
        return new FcnTraining(spark);
    }

    /** A training to describe. */
    public FineTune fineTune() {
        return new FineTune(spark);
    }
}
