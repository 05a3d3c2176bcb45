package io.fcnspark.spark.tables;

import io.fcnspark.image.ImageException;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What was found wrong while listing.
 *
 * @param code why it is rejected; null if the storage did not give it, which may pass
 * @param message for people
 */
public record ListingProblem(ImageException.Code code, String message) implements Serializable {
    static final StructType SCHEMA =
            new StructType().add("code", DataTypes.StringType).add("message", DataTypes.StringType, false);

    Row toRow() {
        return RowFactory.create(code == null ? null : code.name(), message);
    }

    static ListingProblem of(Row row) {
        if (row == null) {
            return null;
        }
        String code = row.getString(0);
        return new ListingProblem(code == null ? null : ImageException.Code.valueOf(code), row.getString(1));
    }

    /** Raises it as if it had been met when the image was read. */
    public void raise() throws IOException, ImageException {
        if (code == null) {
            throw new IOException(message);
        }
        throw new ImageException(code, message);
    }
}
