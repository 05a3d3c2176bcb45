package io.fcnspark.spark.tables;

import io.fcnspark.metrics.BoundaryF1;
import io.fcnspark.metrics.ImageEvaluation;
import io.fcnspark.metrics.Reliability;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Columns of an evaluation: one row per mask, compared with its truth or not. */
public final class EvaluationSchema {
    private static final String TRUTH = "truth";

    /** What the rows are grouped by; null without that. */
    public static final String GROUP = "group";

    /** Values of boundary F1, of the classes that have one; null if the mask was not compared. */
    public static final String BOUNDARY_F1 = "boundary_f1";

    /** Pixels by how sure the network is; null without the confidence of the pixels. */
    public static final String RELIABILITY = "reliability";

    private static final StructType CLASS_F1 =
            new StructType().add("class", DataTypes.IntegerType, false).add("f1", DataTypes.DoubleType, false);

    private static final StructType BIN = new StructType()
            .add("pixels", DataTypes.LongType, false)
            .add("correct", DataTypes.LongType, false)
            .add("confidence_sum", DataTypes.LongType, false);

    /** All columns, in order. */
    public static final StructType SCHEMA = new StructType()
            .add(MasksSchema.SCHEMA.apply(MasksSchema.IMAGE))
            .add(TRUTH, DataTypes.StringType)
            .add(GROUP, DataTypes.StringType)
            .add(MasksSchema.SCHEMA.apply(MasksSchema.HEIGHT))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.WIDTH))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.CONFUSION))
            .add(BOUNDARY_F1, new ArrayType(CLASS_F1, false))
            .add(RELIABILITY, new ArrayType(BIN, false))
            .add(MasksSchema.SCHEMA.apply(MasksSchema.ERROR));

    private EvaluationSchema() {}

    /** The value of {@link #BOUNDARY_F1}. */
    public static Row[] boundaries(ImageEvaluation evaluation) {
        return evaluation.boundaries().stream()
                .map(f1 -> RowFactory.create(f1.classId(), f1.value()))
                .toArray(Row[]::new);
    }

    /** The value of {@link #RELIABILITY}; null if it is not known. */
    public static Row[] reliability(ImageEvaluation evaluation) {
        return evaluation
                .reliability()
                .map(r -> r.bins().stream()
                        .map(bin -> RowFactory.create(bin.pixels(), bin.correct(), bin.confidenceSum()))
                        .toArray(Row[]::new))
                .orElse(null);
    }

    /**
     * Reads a row whose mask was compared with its truth.
     *
     * @param row with the columns of {@link #SCHEMA}, by position
     */
    public static ImageEvaluation read(int numClasses, Row row) {
        long pixels = (long) row.getInt(3) * row.getInt(4);
        List<BoundaryF1> boundaries = row.<Row>getList(6).stream()
                .map(f1 -> new BoundaryF1(f1.getInt(0), f1.getDouble(1)))
                .toList();
        Optional<Reliability> reliability = row.isNullAt(7)
                ? Optional.empty()
                : Optional.of(new Reliability(row.<Row>getList(7).stream()
                        .map(bin -> new Reliability.Bin(bin.getLong(0), bin.getLong(1), bin.getLong(2)))
                        .toList()));
        return new ImageEvaluation(ConfusionColumn.read(numClasses, row.getList(5), pixels), boundaries, reliability);
    }
}
