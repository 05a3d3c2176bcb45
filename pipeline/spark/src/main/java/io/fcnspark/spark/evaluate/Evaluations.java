package io.fcnspark.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.metrics.Bootstrap;
import io.fcnspark.metrics.ConfusionMatrix;
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
    /** Columns of a pair of masks, each once for {@link #MASKS} and once for {@link #AGAINST}. */
    private static final String TRUTH = "truth_";

    private static final String IMAGE = "image_";
    private static final String CONFUSION = "confusion_";
    private static final String PIXELS = "pixels_";
    private static final String MASKS = "masks";
    private static final String AGAINST = "against";

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
                        EvaluationState::merge)
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
                        EvaluationState::merge)
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
        Dataset<Row> pairs = confusions(masks, MASKS)
                .join(confusions(others, AGAINST), col(TRUTH + MASKS).equalTo(col(TRUTH + AGAINST)), "full");
        Pairs sums = pairs.javaRDD()
                .treeAggregate(
                        new Pairs(numClasses, seed), (state, row) -> state.add(row, numClasses, prefix), Pairs::merge);
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
                        col(ListedRows.TRUTH).as(TRUTH + side),
                        col(MasksSchema.IMAGE).as(IMAGE + side),
                        col(MasksSchema.CONFUSION).as(CONFUSION + side),
                        col(MasksSchema.HEIGHT)
                                .cast("long")
                                .multiply(col(MasksSchema.WIDTH))
                                .as(PIXELS + side));
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
            String truth = row.getAs(TRUTH + MASKS);
            if (row.getAs(TRUTH + AGAINST) == null) {
                onlyMasks++;
                someOnlyMasks = first(someOnlyMasks, List.of(row.<String>getAs(IMAGE + MASKS)));
            } else if (truth == null) {
                onlyAgainst++;
                someOnlyAgainst = first(someOnlyAgainst, List.of(row.<String>getAs(IMAGE + AGAINST)));
            } else {
                pairs++;
                String name = name(truth, prefix);
                masks.add(name, confusion(row, MASKS, numClasses));
                against.add(name, confusion(row, AGAINST, numClasses));
            }
            return this;
        }

        private static ConfusionMatrix confusion(Row row, String side, int numClasses) {
            List<Row> cells = row.getList(row.fieldIndex(CONFUSION + side));
            return ConfusionColumn.read(numClasses, cells, row.<Long>getAs(PIXELS + side));
        }

        Pairs merge(Pairs other) {
            masks.merge(other.masks);
            against.merge(other.against);
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
