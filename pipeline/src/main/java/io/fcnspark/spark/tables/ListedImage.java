package io.fcnspark.spark.tables;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What is listed to be labelled: a file, an entry of a shard, or a shard that could not be read to its end.
 *
 * @param file URI, time and length; an entry has the time of its shard
 * @param truth URI of its truth; null if it has none
 * @param place where in a shard it is; null for a file
 * @param problem what listing found wrong with it; null if nothing
 */
public record ListedImage(ImageFile file, String truth, EntryPlace place, ListingProblem problem)
        implements Serializable {
    /** Column with the place in a shard. */
    public static final String PLACE = "place";

    /** Bytes of a shard that are labelled in the same wave. */
    private static final long STRETCH = 64 << 20;

    static final String PROBLEM = "problem";

    static final StructType SCHEMA = new StructType(ImageFile.SCHEMA.fields())
            .add(TruthFiles.TRUTH, DataTypes.StringType)
            .add(PLACE, EntryPlace.SCHEMA)
            .add(PROBLEM, ListingProblem.SCHEMA);

    /** Whether a row is of an entry of a shard. */
    public static Column isEntry() {
        return col(PLACE).isNotNull();
    }

    /** A number that is the same for what is worth reading together: a stretch of a shard, a compressed shard, or a file. */
    public static Column stretch() {
        Column number = floor(col(PLACE).getField(EntryPlace.START).divide(STRETCH));
        return xxhash64(coalesce(col(PLACE).getField(EntryPlace.SHARD), col(MasksSchema.IMAGE)), number);
    }

    /**
     * Spreads entries evenly such that each partition holds stretches of shards, in the order of the shards. A compressed shard
     * stays in one.
     *
     * @param entries rows of entries of shards
     */
    public static Dataset<Row> spread(Dataset<Row> entries, int partitions) {
        Column shard = col(PLACE).getField(EntryPlace.SHARD);
        return entries.repartitionByRange(partitions, shard, col(PLACE).getField(EntryPlace.START))
                .sortWithinPartitions(shard, col(PLACE).getField(EntryPlace.OFFSET));
    }

    Row toRow() {
        return RowFactory.create(
                file.uri(),
                file.modified(),
                file.bytes(),
                truth,
                place == null ? null : place.toRow(),
                problem == null ? null : problem.toRow());
    }

    /** Reads a row of {@link ImageListing#listWithShards}, with or without truth found elsewhere. */
    public static ListedImage of(Row row) {
        return new ListedImage(
                ImageFile.of(row),
                row.getAs(TruthFiles.TRUTH),
                EntryPlace.of(row.getAs(PLACE)),
                ListingProblem.of(row.getAs(PROBLEM)));
    }
}
