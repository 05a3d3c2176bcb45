package io.fcnspark.spark.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** For all that takes one mask of an image: an output may hold one of every model. */
public final class UniqueImages {
    private UniqueImages() {}

    /**
     * Requires that no image has two rows.
     *
     * @throws BadInputException that names one that has
     */
    public static void require(Dataset<Row> rows) {
        List<Row> repeated = rows.groupBy(MasksSchema.IMAGE)
                .agg(count(lit(1)).as("rows"), collect_set(MasksSchema.MODEL).as("models"))
                .filter(col("rows").gt(1))
                .takeAsList(1);
        if (!repeated.isEmpty()) {
            Row row = repeated.get(0);
            throw new BadInputException(
                    new Setting("where"),
                    "%s has %d rows, of models %s: choose one for each image by a condition, for example \"model = '%s'\""
                            .formatted(
                                    row.getString(0),
                                    row.getLong(1),
                                    row.<String>getList(2).stream().sorted().collect(Collectors.joining(", ")),
                                    row.<String>getList(2).get(0)));
        }
    }
}
