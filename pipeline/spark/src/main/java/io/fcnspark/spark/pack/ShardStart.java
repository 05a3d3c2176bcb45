package io.fcnspark.spark.pack;

import io.fcnspark.spark.pack.PackShard.Item;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/**
 * Where a shard begins.
 *
 * @param number of the shard; numbers may be left out where one image fills several
 * @param rank of its first image among all
 */
record ShardStart(long number, long rank) implements Serializable {
    /**
     * The beginnings of shards in some consecutive images; the first one may lie before those.
     *
     * @param items each with its length, and its rank
     * @param bytesBefore of all images before those
     * @param shardBytes of a shard
     * @param shardImages of a shard; it or {@code shardBytes} is without limit
     */
    static List<ShardStart> of(
            Iterator<Tuple2<Tuple2<Item, Long>, Long>> items, long bytesBefore, long shardBytes, long shardImages) {
        List<ShardStart> starts = new ArrayList<>();
        long bytes = bytesBefore;
        long before = -1;
        while (items.hasNext()) {
            Tuple2<Tuple2<Item, Long>, Long> item = items.next();
            long number = bytes / shardBytes + item._2() / shardImages;
            if (number != before) {
                starts.add(new ShardStart(number, item._2()));
            }
            before = number;
            bytes += item._1()._2();
        }
        return starts;
    }
}
