package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.SharedSpark;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class DescendingTasksTest {
    @Property(tries = 200)
    void tasksHoldAllPiecesAndNeverGrow(
            @ForAll @IntRange(min = 1, max = 100) int cores, @ForAll @IntRange(min = 1, max = 5000) int pieces) {
        List<Integer> sizes = new DescendingTasks(cores).sizes(pieces);

        assertThat(sizes).allMatch(size -> size > 0).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(pieces);
        assertThat(sizes.get(sizes.size() - 1)).isEqualTo(1);
    }

    @Test
    void everyRoundIsHalfOfWhatIsLeft() {
        DescendingTasks tasks = new DescendingTasks(2);
        assertThat(tasks.pieces(1_000_000)).isEqualTo(64);
        assertThat(tasks.sizes(64)).containsExactly(16, 16, 8, 8, 4, 4, 2, 2, 1, 1, 1, 1);
    }

    @Test
    void thereIsNoPieceWithoutAnImage() {
        DescendingTasks tasks = new DescendingTasks(4);
        assertThat(tasks.pieces(3)).isEqualTo(3);
        assertThat(tasks.sizes(3)).containsExactly(1, 1, 1);
        assertThat(tasks.pieces(0.2)).isEqualTo(1);
    }

    /** One core is half as fast as the other: with equal tasks, three a core, the fast one would wait for a sixth of the time. */
    @Test
    void unequalCoresEndTogether() {
        double[] secondsAPiece = {1, 2};
        double[] ends = {0, 0};
        for (int size : new DescendingTasks(2).sizes(64)) {
            int free = ends[0] <= ends[1] ? 0 : 1;
            ends[free] += size * secondsAPiece[free];
        }
        assertThat(Math.abs(ends[0] - ends[1])).isLessThanOrEqualTo(2);
    }

    @Test
    void rowsStayInTheOrderOfTheirPieces() {
        DescendingTasks tasks = new DescendingTasks(2);
        List<List<Row>> partitions = tasks.of(
                        SharedSpark.session().range(0, 640, 1, 64).toDF().javaRDD())
                .glom()
                .collect();

        assertThat(partitions.stream().mapToInt(List::size))
                .containsExactly(160, 160, 80, 80, 40, 40, 20, 20, 10, 10, 10, 10);
        assertThat(partitions.stream().flatMap(List::stream).map(row -> row.getLong(0)))
                .containsExactlyElementsOf(LongStream.range(0, 640).boxed().toList());
    }

    /** As of a wave that no entry of a shard fell into. */
    @Test
    void nothingIsNoTask() {
        JavaRDD<Row> nothing = SharedSpark.session().emptyDataFrame().javaRDD();
        assertThat(nothing.getNumPartitions()).isZero();
        assertThat(new DescendingTasks(2).of(nothing).getNumPartitions()).isZero();
    }
}
