package io.fcnspark.spark.tables;

import io.fcnspark.metrics.ConfusionMatrix;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The confusion matrix of one image as the column {@link MasksSchema#CONFUSION}. */
public final class ConfusionColumn {
    private ConfusionColumn() {}

    /** The cells that are not zero. */
    public static Row[] write(ConfusionMatrix confusion) {
        return confusion.cells().stream()
                .map(cell -> RowFactory.create(cell.truth(), cell.predicted(), cell.pixels()))
                .toArray(Row[]::new);
    }

    /**
     * The matrix of a row.
     *
     * @param cells value of the column, not null
     * @param pixels height times width of the image: what the cells do not hold was ignored
     */
    public static ConfusionMatrix read(int numClasses, List<Row> cells, long pixels) {
        List<Cell> parsed = cells.stream()
                .map(cell -> new Cell(cell.getInt(0), cell.getInt(1), cell.getLong(2)))
                .toList();
        long counted = parsed.stream().mapToLong(Cell::pixels).sum();
        return ConfusionMatrix.ofCells(numClasses, parsed, pixels - counted);
    }
}
