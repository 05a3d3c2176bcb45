package io.fcnspark.spark.tables;

import java.io.Serializable;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A file that is listed.
 *
 * @param uri as in the column {@code image}
 * @param modified when it last changed; null if the file does not exist
 * @param bytes its length; null if the file does not exist
 */
public record ImageFile(String uri, Timestamp modified, Long bytes) implements Serializable {
    static final StructType SCHEMA = new StructType()
            .add(MasksSchema.IMAGE, DataTypes.StringType, false)
            .add(MasksSchema.IMAGE_MODIFIED, DataTypes.TimestampType)
            .add(MasksSchema.IMAGE_BYTES, DataTypes.LongType);

    Row toRow() {
        return RowFactory.create(uri, modified, bytes);
    }

    /** Reads the columns of a listing; the row may have more. */
    public static ImageFile of(Row row) {
        return new ImageFile(
                row.getAs(MasksSchema.IMAGE),
                row.getAs(MasksSchema.IMAGE_MODIFIED),
                row.getAs(MasksSchema.IMAGE_BYTES));
    }
}
