package io.fcnspark.spark.tables;

import io.fcnspark.shards.ShardFormat;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Where an image and its truth lie in a shard.
 *
 * @param shard URI of the shard
 * @param offset of the image's first byte in the tar as it is without compression
 * @param truthOffset of the truth's first byte; null if the shard holds none
 * @param truthBytes length of the truth; null if the shard holds none
 */
public record EntryPlace(String shard, long offset, Long truthOffset, Long truthBytes) implements Serializable {
    static final String SHARD = "shard";
    static final String OFFSET = "offset";

    /** Where reading has to begin at the latest: at the entry, or at the beginning of the shard if it is compressed. */
    static final String START = "start";

    private static final String TRUTH_OFFSET = "truth_offset";
    private static final String TRUTH_BYTES = "truth_bytes";

    static final StructType SCHEMA = new StructType()
            .add(SHARD, DataTypes.StringType, false)
            .add(START, DataTypes.LongType, false)
            .add(OFFSET, DataTypes.LongType, false)
            .add(TRUTH_OFFSET, DataTypes.LongType)
            .add(TRUTH_BYTES, DataTypes.LongType);

    Row toRow() {
        boolean compressed = ShardFormat.of(shard).equals(Optional.of(ShardFormat.TAR_GZIP));
        return RowFactory.create(shard, compressed ? 0L : offset, offset, truthOffset, truthBytes);
    }

    static EntryPlace of(Row row) {
        return row == null
                ? null
                : new EntryPlace(row.getAs(SHARD), row.getAs(OFFSET), row.getAs(TRUTH_OFFSET), row.getAs(TRUTH_BYTES));
    }
}
