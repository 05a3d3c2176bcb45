package io.fcnspark.spark.label;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.Serializable;

/**
 * Makes tasks of equal pieces: large ones first and the last of one piece each, so that all cores end at about the same time,
 * however much longer one image takes than another. Every round deals half of what is left to as many tasks as there are cores
 * (Hummel, Schonberg and Flynn: Factoring, a method for scheduling parallel loops, 1992).
 *
 * @param cores what the tasks run on, at least 1
 */
record DescendingTasks(int cores) implements PartitionCoalescer, Serializable {
    /** When the last task ends, no core has been idle for longer than this part of the whole. */
    private static final int PIECES_PER_CORE = 32;

    /** Into how many pieces so many images are to be cut. */
    int pieces(double images) {
        return (int) Math.max(1, Math.min(images, (double) PIECES_PER_CORE * cores));
    }

    /** Pieces of each task, in the order in which tasks start. */
    List<Integer> sizes(int pieces) {
        List<Integer> sizes = new ArrayList<>();
        int left = pieces;
        while (left > 0) {
            int size = Math.max(1, Math.round(left / (2F * cores)));
            for (int core = 0; core < cores && left > 0; core++) {
                int next = Math.min(size, left);
                sizes.add(next);
                left -= next;
            }
        }
        return sizes;
    }

    /** The same rows in fewer partitions, each of which is a task; none if there is none. */
    JavaRDD<Row> of(JavaRDD<Row> pieces) {
        int tasks = sizes(pieces.getNumPartitions()).size();
        return tasks == 0
                ? pieces
                : pieces.rdd().coalesce(tasks, false, Option.apply(this), null).toJavaRDD();
    }

    @Override
    public PartitionGroup[] coalesce(int tasks, RDD<?> pieces) {
        Partition[] partitions = pieces.partitions();
        List<PartitionGroup> groups = new ArrayList<>();
        int next = 0;
        for (int size : sizes(partitions.length)) {
            PartitionGroup group = new PartitionGroup(Option.empty());
            for (int i = 0; i < size; i++) {
                group.partitions().$plus$eq(partitions[next++]);
            }
            groups.add(group);
        }
        return groups.toArray(PartitionGroup[]::new);
    }
}
