package io.fcnspark.spark.listing;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.xxhash64;

import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.EntryPlace;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labelling.ListingProblem;
import io.fcnspark.spark.tables.MasksSchema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Listed images as rows of a data set, and back. */
public final class ListedRows {
    /** Column with the URI of the truth; null if there is none. */
    public static final String TRUTH = "truth";

    /** Column with the place in a shard; null for a file. */
    public static final String PLACE = "place";

    static final String PROBLEM = "problem";
    static final String OFFSET = "offset";

    private static final String SHARD = "shard";
    private static final String START = "start";
    private static final String TRUTH_OFFSET = "truth_offset";
    private static final String TRUTH_BYTES = "truth_bytes";

    /** Bytes of a shard that are labelled in the same wave. */
    private static final long STRETCH = 64 << 20;

    /** A file alone. */
    static final StructType FILE = new StructType()
            .add(MasksSchema.IMAGE, DataTypes.StringType, false)
            .add(MasksSchema.IMAGE_MODIFIED, DataTypes.TimestampType)
            .add(MasksSchema.IMAGE_BYTES, DataTypes.LongType);

    /** A {@link ListedImage}. */
    static final StructType SCHEMA = new StructType(FILE.fields())
            .add(TRUTH, DataTypes.StringType)
            .add(
                    PLACE,
                    new StructType()
                            .add(SHARD, DataTypes.StringType, false)
                            .add(START, DataTypes.LongType, false)
                            .add(OFFSET, DataTypes.LongType, false)
                            .add(TRUTH_OFFSET, DataTypes.LongType)
                            .add(TRUTH_BYTES, DataTypes.LongType))
            .add(
                    PROBLEM,
                    new StructType().add("code", DataTypes.StringType).add("message", DataTypes.StringType, false));

    private ListedRows() {}

    static Row of(ImageFile file) {
        return RowFactory.create(file.uri(), file.modified(), file.bytes());
    }

    static Row of(ListedImage listed) {
        EntryPlace place = listed.place();
        ListingProblem problem = listed.problem();
        return RowFactory.create(
                listed.file().uri(),
                listed.file().modified(),
                listed.file().bytes(),
                listed.truth(),
                place == null
                        ? null
                        : RowFactory.create(
                                place.shard(), place.start(), place.offset(), place.truthOffset(), place.truthBytes()),
                problem == null
                        ? null
                        : RowFactory.create(
                                problem.code() == null ? null : problem.code().name(), problem.message()));
    }

    /** Reads the columns of a file; the row may have more. */
    public static ImageFile file(Row row) {
        return new ImageFile(
                row.getAs(MasksSchema.IMAGE),
                row.getAs(MasksSchema.IMAGE_MODIFIED),
                row.getAs(MasksSchema.IMAGE_BYTES));
    }

    /** Reads a row of {@link ImageListing#listWithShards}, with or without truth found elsewhere. */
    public static ListedImage image(Row row) {
        return new ListedImage(file(row), row.getAs(TRUTH), place(row.getAs(PLACE)), problem(row.getAs(PROBLEM)));
    }

    private static EntryPlace place(Row row) {
        return row == null
                ? null
                : new EntryPlace(row.getAs(SHARD), row.getAs(OFFSET), row.getAs(TRUTH_OFFSET), row.getAs(TRUTH_BYTES));
    }

    private static ListingProblem problem(Row row) {
        if (row == null) {
            return null;
        }
        String code = row.getString(0);
        return new ListingProblem(code == null ? null : ImageException.Code.valueOf(code), row.getString(1));
    }

    /** Whether a row is of an entry of a shard. */
    public static Column isEntry() {
        return col(PLACE).isNotNull();
    }

    /** A number that is the same for what is worth reading together: a stretch of a shard, a compressed shard, or a file. */
    public static Column stretch() {
        Column number = floor(col(PLACE).getField(START).divide(STRETCH));
        return xxhash64(coalesce(col(PLACE).getField(SHARD), col(MasksSchema.IMAGE)), number);
    }

    /**
     * Spreads entries evenly such that each partition holds stretches of shards, in the order of the shards. A compressed shard
     * stays in one.
     *
     * @param entries rows of entries of shards
     */
    public static Dataset<Row> spread(Dataset<Row> entries, int partitions) {
        Column shard = col(PLACE).getField(SHARD);
        return entries.repartitionByRange(partitions, shard, col(PLACE).getField(START))
                .sortWithinPartitions(shard, col(PLACE).getField(OFFSET));
    }
}
