package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import org.apache.spark.sql.SparkSession;

/** Tells by an output's name what keeps its rows. */
final class RowStores {
    private RowStores() {}

    /**
     * The store for a table of an output.
     *
     * @param output path or URI of a folder, or the name of a table; see {@link TableName}
     * @throws BadInputException if it is the name of a table in a catalog that there is not
     */
    static RowStore of(SparkSession spark, String output, TableLayout layout) {
        return TableName.of(output)
                .<RowStore>map(name -> new CatalogTable(spark, name.withSuffix(layout.suffix()), layout))
                .orElseGet(() -> ParquetFolder.in(spark, output, layout));
    }
}
