package io.fcnspark.jobs;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Option;

/**
 * The rows of a result in their order. They come some partitions at a time, so that a result may be larger than the memory: one at
 * first, and then more and more at once, as long as these bring few rows.
 */
final class ResultRows implements Iterator<Row> {
    private static final int FEW_ROWS = 5000;
    private static final int MOST_PARTITIONS = 64;

    private final JavaRDD<Row> rows;
    private final int partitions;
    private int fetched;
    private int batch = 1;
    private Iterator<Row> ready = Collections.emptyIterator();

    private ResultRows(Dataset<Row> result) {
        this.rows = result.javaRDD();
        this.partitions = rows.getNumPartitions();
    }

    /** The rows of a result. */
    static Iterator<Row> of(Dataset<Row> result) {
        // Of a query with a LIMIT Spark then reads no more than the partitions that it needs, and all of them
        // otherwise.
        Option<Object> most = result.queryExecution().optimizedPlan().maxRows();
        return most.isDefined() && (Long) most.get() <= FEW_ROWS
                ? result.collectAsList().iterator()
                : new ResultRows(result);
    }

    @Override
    public boolean hasNext() {
        while (!ready.hasNext() && fetched < partitions) {
            fetch();
        }
        return ready.hasNext();
    }

    private void fetch() {
        int end = Math.min(partitions, fetched + batch);
        List<Row> brought = Arrays.stream(
                        rows.collectPartitions(IntStream.range(fetched, end).toArray()))
                .flatMap(List::stream)
                .toList();
        fetched = end;
        ready = brought.iterator();
        batch = brought.size() <= FEW_ROWS ? Math.min(2 * batch, MOST_PARTITIONS) : Math.max(1, batch / 2);
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the result has no more rows");
        }
        return ready.next();
    }
}
