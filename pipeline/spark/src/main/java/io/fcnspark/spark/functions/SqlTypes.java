package io.fcnspark.spark.functions;

import java.util.stream.IntStream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/** Types of arguments and results. */
final class SqlTypes {
    /** Entries of a confusion matrix, as the column {@code confusion} has them. */
    static final ArrayType CONFUSION = new ArrayType(
            new StructType()
                    .add("truth", DataTypes.IntegerType, false)
                    .add("predicted", DataTypes.IntegerType, false)
                    .add("pixels", DataTypes.LongType, false),
            false);

    static final MapType PIXELS = new MapType(DataTypes.IntegerType, DataTypes.LongType, false);

    static final StructType BOX = new StructType()
            .add("x", DataTypes.IntegerType, false)
            .add("y", DataTypes.IntegerType, false)
            .add("width", DataTypes.IntegerType, false)
            .add("height", DataTypes.IntegerType, false);

    /** As COCO's JSON has it: {@code {"size":[height,width],"counts":"…"}}. */
    static final StructType RLE = new StructType()
            .add("size", new ArrayType(DataTypes.IntegerType, false), false)
            .add("counts", DataTypes.StringType, false);

    static final ArrayType SEGMENTS =
            new ArrayType(new StructType().add("class", DataTypes.IntegerType).add("rle", RLE), true);

    /** Colours by class id, as labels and models have them: {@code #RRGGBB}. */
    static final ArrayType PALETTE = new ArrayType(DataTypes.StringType, true);

    static final ArrayType POLYGONS = new ArrayType(new ArrayType(DataTypes.IntegerType, false), false);

    static final StructType METRICS = new StructType()
            .add("images", DataTypes.LongType, false)
            .add("pixels", DataTypes.LongType, false)
            .add("pixel_accuracy", DataTypes.DoubleType)
            .add("mean_accuracy", DataTypes.DoubleType)
            .add("mean_iou", DataTypes.DoubleType)
            .add("frequency_weighted_iou", DataTypes.DoubleType)
            .add("mean_image_iou", DataTypes.DoubleType)
            .add(
                    "classes",
                    new ArrayType(
                            new StructType()
                                    .add("id", DataTypes.IntegerType, false)
                                    .add("pixels", DataTypes.LongType, false)
                                    .add("accuracy", DataTypes.DoubleType)
                                    .add("iou", DataTypes.DoubleType),
                            false),
                    false)
            .add("confusion", CONFUSION, false);

    private SqlTypes() {}

    /**
     * Whether values of a type can be taken for those of another: names of fields and nullability do not count, and what is only
     * ever NULL fits everywhere.
     */
    static boolean fits(DataType actual, DataType expected) {
        if (actual.equals(DataTypes.NullType)) {
            return true;
        }
        if (actual instanceof ArrayType array && expected instanceof ArrayType expectedArray) {
            return fits(array.elementType(), expectedArray.elementType());
        }
        if (actual instanceof StructType struct && expected instanceof StructType expectedStruct) {
            return struct.length() == expectedStruct.length()
                    && IntStream.range(0, struct.length())
                            .allMatch(i -> fits(
                                    struct.apply(i).dataType(),
                                    expectedStruct.apply(i).dataType()));
        }
        return actual.equals(expected);
    }

    /** Whether {@link #fits}, and nothing has to be converted either. */
    static boolean isSame(DataType actual, DataType expected) {
        return DataType.equalsStructurally(actual, expected, true);
    }
}
