package io.fcnspark.spark.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How the images of some rows fared.
 *
 * @param good rows without an error
 * @param errorsByCode rows with an error, by its code
 */
public record Outcomes(long good, Map<String, Long> errorsByCode) {
    /** Counts rows by their column {@code error}; no other column is read. */
    public static Outcomes of(Dataset<Row> rows) {
        Map<String, Long> errors = new HashMap<>();
        long good = 0;
        for (Row group : rows.groupBy(col(MasksSchema.ERROR).getField("code"))
                .agg(count(lit(1)))
                .collectAsList()) {
            if (group.isNullAt(0)) {
                good = group.getLong(1);
            } else {
                errors.put(group.getString(0), group.getLong(1));
            }
        }
        return new Outcomes(good, errors);
    }
}
