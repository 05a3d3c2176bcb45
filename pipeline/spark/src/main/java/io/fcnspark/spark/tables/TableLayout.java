package io.fcnspark.spark.tables;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * What one of the tables of an output looks like.
 *
 * @param folder its folder in the folder of an output
 * @param suffix what its name in a catalog has behind that of the output
 * @param schema all columns, in order
 * @param partitionedBy columns that it is partitioned by
 * @param addedLater columns that tables of earlier versions lack
 */
record TableLayout(
        String folder, String suffix, StructType schema, List<String> partitionedBy, List<String> addedLater) {
    TableLayout {
        addedLater = List.copyOf(addedLater);
        partitionedBy = List.copyOf(partitionedBy);
    }
}
