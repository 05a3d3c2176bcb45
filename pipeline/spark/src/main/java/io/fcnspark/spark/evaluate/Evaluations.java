package io.fcnspark.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.Bootstrap;
import io.fcnspark.metrics.Evaluation;
import io.fcnspark.metrics.EvaluationState;
import io.fcnspark.metrics.MetricsComparison;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.tables.ConfusionColumn;
import io.fcnspark.spark.tables.EvaluationSchema;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Sums over rows of an evaluation. An image is known by the place of its truth under the truth folder: that is the same for all
 * labellings of the image, and on every storage.
 */
final class Evaluations {
    /** More groups than a person would look at: most likely the expression is not what was meant. */
    private static final int MOST_GROUPS = 1000;

    private final ClassSet classes;
    private final long seed;
    private final int truthPrefix;

    /**
     * @param truthRoot see {@link TruthFiles#root}
     * @param seed of the bootstrap
     */
    Evaluations(ClassSet classes, String truthRoot, long seed) {
        this.classes = classes;
        this.seed = seed;
        this.truthPrefix = truthRoot.length() + 1;
    }

    /** Over all rows that were compared. */
    Evaluation all(Dataset<Row> rows) {
        int numClasses = classes.size();
        int prefix = truthPrefix;
        return compared(rows)
                .javaRDD()
                .treeAggregate(
                        EvaluationState.zero(numClasses, seed),
                        (state, row) ->
                                state.add(name(row.getString(1), prefix), EvaluationSchema.read(numClasses, row)),
                        EvaluationState::addAll)
                .evaluation();
    }

    /** Over the rows of each group, ordered by group, null first. */
    List<EvaluatedGroup> byGroup(Dataset<Row> rows, String expression) {
        if (rows.select(EvaluationSchema.GROUP)
                        .distinct()
                        .limit(MOST_GROUPS + 1)
                        .count()
                > MOST_GROUPS) {
            throw new BadInputException(
                    new Setting("by"),
                    "\"%s\" gives more than %,d groups: choose an expression with fewer values, or aggregate the rows of the output with SQL"
                            .formatted(expression, MOST_GROUPS));
        }
        int numClasses = classes.size();
        int prefix = truthPrefix;
        long bootstrapSeed = seed;
        return compared(rows)
                .javaRDD()
                .mapToPair(row -> new Tuple2<>(row.getString(2), row))
                .aggregateByKey(
                        EvaluationState.zero(numClasses, bootstrapSeed),
                        (state, row) ->
                                state.add(name(row.getString(1), prefix), EvaluationSchema.read(numClasses, row)),
                        EvaluationState::addAll)
                .mapValues(EvaluationState::evaluation)
                .collect()
                .stream()
                .map(group -> new EvaluatedGroup(group._1(), group._2()))
                .sorted(Comparator.comparing(EvaluatedGroup::value, Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
    }

    /** Two labellings of images, on the images that were compared with their truth in both. */
    ComparedRuns compare(String against, Dataset<Row> masks, Dataset<Row> others) {
        requireOneMaskEach(masks);
        requireOneMaskEach(others);
        int numClasses = classes.size();
        int prefix = truthPrefix;
        Dataset<Row> pairs = confusions(masks, "a")
                .join(confusions(others, "b"), col("truth_a").equalTo(col("truth_b")), "full");
        Pairs sums = pairs.javaRDD()
                .treeAggregate(
                        new Pairs(numClasses, seed), (state, row) -> state.add(row, numClasses, prefix), Pairs::addAll);
        if (sums.pairs == 0) {
            throw new BadInputException(
                    "no image was compared with truth in both: %,d only in the masks, %,d only in %s, which they are compared against"
                            .formatted(sums.onlyMasks, sums.onlyAgainst, against));
        }
        return new ComparedRuns(
                against,
                MetricsComparison.of(sums.masks, sums.against, classes),
                sums.onlyMasks,
                sums.someOnlyMasks,
                sums.onlyAgainst,
                sums.someOnlyAgainst);
    }

    private static Dataset<Row> confusions(Dataset<Row> rows, String side) {
        return compared(rows)
                .select(
                        col(ListedRows.TRUTH).as("truth_" + side),
                        col(MasksSchema.IMAGE).as("image_" + side),
                        col(MasksSchema.CONFUSION).as("confusion_" + side),
                        col(MasksSchema.HEIGHT)
                                .cast("long")
                                .multiply(col(MasksSchema.WIDTH))
                                .as("pixels_" + side));
    }

    private static void requireOneMaskEach(Dataset<Row> rows) {
        List<Row> repeated = compared(rows)
                .groupBy(ListedRows.TRUTH)
                .agg(count(lit(1)).as("masks"))
                .filter(col("masks").gt(1))
                .takeAsList(1);
        if (!repeated.isEmpty()) {
            throw new BadInputException("truth %s belongs to %d masks: a comparison needs one each"
                    .formatted(repeated.get(0).getString(0), repeated.get(0).getLong(1)));
        }
    }

    private static Dataset<Row> compared(Dataset<Row> rows) {
        return rows.filter(col(MasksSchema.CONFUSION).isNotNull());
    }

    private static String name(String truth, int prefix) {
        return truth.substring(prefix);
    }

    /** Sums over pairs of masks. */
    private static final class Pairs implements Serializable {
        private static final long serialVersionUID = 1;

        private static final int EXAMPLES = 10;

        private final Bootstrap masks;
        private final Bootstrap against;
        private long pairs;
        private long onlyMasks;
        private long onlyAgainst;
        private List<String> someOnlyMasks = List.of();
        private List<String> someOnlyAgainst = List.of();

        Pairs(int numClasses, long seed) {
            this.masks = Bootstrap.zero(numClasses, seed);
            this.against = Bootstrap.zero(numClasses, seed);
        }

        Pairs add(Row row, int numClasses, int prefix) {
            if (row.isNullAt(4)) {
                onlyMasks++;
                someOnlyMasks = first(someOnlyMasks, List.of(row.getString(1)));
            } else if (row.isNullAt(0)) {
                onlyAgainst++;
                someOnlyAgainst = first(someOnlyAgainst, List.of(row.getString(5)));
            } else {
                pairs++;
                String name = name(row.getString(0), prefix);
                masks.add(name, ConfusionColumn.read(numClasses, row.getList(2), row.getLong(3)));
                against.add(name, ConfusionColumn.read(numClasses, row.getList(6), row.getLong(7)));
            }
            return this;
        }

        Pairs addAll(Pairs other) {
            masks.addAll(other.masks);
            against.addAll(other.against);
            pairs += other.pairs;
            onlyMasks += other.onlyMasks;
            onlyAgainst += other.onlyAgainst;
            someOnlyMasks = first(someOnlyMasks, other.someOnlyMasks);
            someOnlyAgainst = first(someOnlyAgainst, other.someOnlyAgainst);
            return this;
        }

        /** The first by name, whatever order they come in. */
        private static List<String> first(List<String> some, List<String> more) {
            List<String> all = new ArrayList<>(some);
            all.addAll(more);
            all.sort(Comparator.naturalOrder());
            return new ArrayList<>(all.subList(0, Math.min(EXAMPLES, all.size())));
        }
    }
}
