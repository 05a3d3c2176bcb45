package io.fcnspark.spark.tables;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Columns of the table {@code runs}: one row per run, written at its end. */
public final class RunsSchema {
    /** The run, as in the table {@code masks}. Never null. */
    public static final String RUN_ID = "run_id";

    /** Its day, UTC, as in the table {@code masks}. */
    public static final String RUN_DATE = "run_date";

    /** When the run had its output for itself and began to list. */
    public static final String STARTED = "started";

    /** When the run was over. */
    public static final String ENDED = "ended";

    /** How the run ended: {@code done}, {@code over-reject-rate} or {@code failed}. */
    public static final String STATUS = "status";

    /** Why the run failed, in a line; null if it did not. */
    public static final String ERROR = "error";

    /** Images listed; this and the other counts are null if the run failed. */
    public static final String IMAGES = "images";

    /** Images that got a mask and no error. */
    public static final String LABELLED = "labelled";

    /** Images that were rejected. */
    public static final String REJECTED = "rejected";

    /** Rejected images by error code. */
    public static final String REJECTS_BY_CODE = "rejects_by_code";

    /** Images that were done before, or left out by their time. */
    public static final String SKIPPED = "skipped";

    /** Images that the storage did not give. */
    public static final String UNAVAILABLE = "unavailable";

    /** From {@link #STARTED} to {@link #ENDED}. */
    public static final String SECONDS = "seconds";

    /** Images that the run worked on per second, from the first listing to the last commit; null if the run failed. */
    public static final String IMAGES_PER_SECOND = "images_per_second";

    /** Identity of the model, as in the table {@code masks}. */
    public static final String MODEL = "model";

    /** Engine that computed. */
    public static final String ENGINE = "engine";

    /** Number format of the computation. */
    public static final String PRECISION = "precision";

    /** Device that computed. */
    public static final String DEVICE = "device";

    /** Share of the pixels with truth that are right, 0 … 1; null without truth. */
    public static final String PIXEL_ACCURACY = "pixel_accuracy";

    /** Mean over classes of intersection over union, 0 … 1; null without truth. */
    public static final String MEAN_IOU = "mean_iou";

    /** Versions of {@code fcn-spark} (absent if it was not packaged), {@code spark} and {@code java}. */
    public static final String VERSIONS = "versions";

    /** What Spark and its cluster call the run: where its logs are. */
    public static final String APPLICATION_ID = "application_id";

    /** What the run was asked to do, by the names of the options of {@code fcn label}. */
    public static final String OPTIONS = "options";

    /** Files below the inputs that were left out since they do not end like images, by their ending with its dot. */
    public static final String LEFT_OUT_BY_ENDING = "left_out_by_ending";

    /** All columns, in order. */
    public static final StructType SCHEMA = new StructType()
            .add(RUN_ID, DataTypes.StringType, false)
            .add(RUN_DATE, DataTypes.DateType, false)
            .add(STARTED, DataTypes.TimestampType, false)
            .add(ENDED, DataTypes.TimestampType, false)
            .add(STATUS, DataTypes.StringType, false)
            .add(ERROR, DataTypes.StringType)
            .add(IMAGES, DataTypes.LongType)
            .add(LABELLED, DataTypes.LongType)
            .add(REJECTED, DataTypes.LongType)
            .add(REJECTS_BY_CODE, DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false))
            .add(SKIPPED, DataTypes.LongType)
            .add(UNAVAILABLE, DataTypes.LongType)
            .add(SECONDS, DataTypes.DoubleType, false)
            .add(IMAGES_PER_SECOND, DataTypes.DoubleType)
            .add(MODEL, DataTypes.StringType, false)
            .add(ENGINE, DataTypes.StringType, false)
            .add(PRECISION, DataTypes.StringType, false)
            .add(DEVICE, DataTypes.StringType, false)
            .add(PIXEL_ACCURACY, DataTypes.DoubleType)
            .add(MEAN_IOU, DataTypes.DoubleType)
            .add(VERSIONS, DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), false)
            .add(APPLICATION_ID, DataTypes.StringType, false)
            .add(OPTIONS, DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), false)
            .add(LEFT_OUT_BY_ENDING, DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false));

    private RunsSchema() {}
}
