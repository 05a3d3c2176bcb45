package io.fcnspark.spark.tables;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Columns of the table {@code masks}: one row per image, labelled or rejected. */
public final class MasksSchema {
    /** URI of the image, not percent-encoded, as Hadoop and Spark's {@code binaryFile} write it. Never null. */
    public static final String IMAGE = "image";

    /** When the image last changed, as listed; null for an entry of a list that does not exist. */
    public static final String IMAGE_MODIFIED = "image_modified";

    /** Length of the image file, as listed; null for an entry of a list that does not exist. */
    public static final String IMAGE_BYTES = "image_bytes";

    /** Height in pixels of image and mask; null if the image could not be decoded. */
    public static final String HEIGHT = "height";

    /** Width in pixels of image and mask; null if the image could not be decoded. */
    public static final String WIDTH = "width";

    /** PNG, one channel, pixel = class id; null if the image could not be decoded. */
    public static final String MASK = "mask";

    /** Classes present in the mask with their pixels and mean confidence. */
    public static final String CLASSES = "classes";

    /** Mean over pixels of the probability of the most probable class, 0 … 1. */
    public static final String MEAN_CONFIDENCE = "mean_confidence";

    /** Mean over pixels of the entropy of the class probabilities, in nats. */
    public static final String MEAN_ENTROPY = "mean_entropy";

    /** PNG, one channel of 8 bit, 255 = certain; null unless asked for. */
    public static final String CONFIDENCE = "confidence";

    /** Cells of the confusion matrix that are not zero; null without truth. */
    public static final String CONFUSION = "confusion";

    /** Why the image, or its truth, could not be used; null for a labelled image. */
    public static final String ERROR = "error";

    /** Identity of the model: name, {@code @}, 12 digits of the hash of its weights. */
    public static final String MODEL = "model";

    /** Engine that computed the mask. */
    public static final String ENGINE = "engine";

    /** Number format of the computation. */
    public static final String PRECISION = "precision";

    /** The run that wrote the row. */
    public static final String RUN_ID = "run_id";

    /** Day of the run, UTC; the table is partitioned by it. */
    public static final String RUN_DATE = "run_date";

    /** When the image was labelled. */
    public static final String LABELLED_AT = "labelled_at";

    /** One entry of {@link #CLASSES}. */
    static final StructType CLASS = new StructType()
            .add("id", DataTypes.IntegerType, false)
            .add("name", DataTypes.StringType, false)
            .add("pixels", DataTypes.LongType, false)
            .add("mean_confidence", DataTypes.FloatType, false);

    /** One entry of {@link #CONFUSION}. */
    static final StructType CELL = new StructType()
            .add("truth", DataTypes.IntegerType, false)
            .add("predicted", DataTypes.IntegerType, false)
            .add("pixels", DataTypes.LongType, false);

    /** {@link #ERROR}. */
    static final StructType ERROR_TYPE =
            new StructType().add("code", DataTypes.StringType, false).add("message", DataTypes.StringType, false);

    /** All columns, in order. */
    public static final StructType SCHEMA = new StructType()
            .add(IMAGE, DataTypes.StringType, false)
            .add(IMAGE_MODIFIED, DataTypes.TimestampType)
            .add(IMAGE_BYTES, DataTypes.LongType)
            .add(HEIGHT, DataTypes.IntegerType)
            .add(WIDTH, DataTypes.IntegerType)
            .add(MASK, DataTypes.BinaryType)
            .add(CLASSES, new ArrayType(CLASS, false))
            .add(MEAN_CONFIDENCE, DataTypes.FloatType)
            .add(MEAN_ENTROPY, DataTypes.FloatType)
            .add(CONFIDENCE, DataTypes.BinaryType)
            .add(CONFUSION, new ArrayType(CELL, false))
            .add(ERROR, ERROR_TYPE)
            .add(MODEL, DataTypes.StringType, false)
            .add(ENGINE, DataTypes.StringType, false)
            .add(PRECISION, DataTypes.StringType, false)
            .add(RUN_ID, DataTypes.StringType, false)
            .add(RUN_DATE, DataTypes.DateType, false)
            .add(LABELLED_AT, DataTypes.TimestampType, false);

    private MasksSchema() {}
}
