package io.fcnspark.spark.label;

import io.fcnspark.labelling.ListedImage;
import io.fcnspark.spark.listing.ListedRows;
import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.runtime.AbstractFunction1;

/**
 * What is to be labelled, dealt out to waves that are committed one after another. It is dealt out once, by a shuffle whose files
 * stay on the executors' disks: a wave reads its own part only, however many waves there are.
 */
final class Waves {
    private final Dataset<Row> images;
    private final int count;

    /** A partition is a wave; null if there is one wave only, which needs no dealing out. */
    private final JavaRDD<Row> waves;

    /**
     * @param images rows of {@link ListedImage}
     * @param count at least one
     */
    Waves(Dataset<Row> images, int count) {
        this.images = images;
        this.count = count;
        // By hash, so that an image stays in its wave even if an executor is lost and its part dealt out anew.
        this.waves = count == 1
                ? null
                : images.repartition(count, ListedRows.stretch()).javaRDD();
    }

    int count() {
        return count;
    }

    /** The images of a wave; there may be none. */
    Dataset<Row> wave(int number) {
        return waves == null
                ? images
                : images.sparkSession()
                        .createDataFrame(
                                PartitionPruningRDD.create(waves.rdd(), new Only(number))
                                        .toJavaRDD(),
                                images.schema());
    }

    /** Chooses a partition. */
    private static final class Only extends AbstractFunction1<Object, Object> implements Serializable {
        private static final long serialVersionUID = 1;

        private final int number;

        Only(int number) {
            this.number = number;
        }

        @Override
        public Object apply(Object partition) {
            return partition.equals(number);
        }
    }
}
