package io.fcnspark.spark.finetune;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageNames;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.scheduling.TaskSlots;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.training.ClassFrequencies;
import io.fcnspark.training.Example;
import io.fcnspark.training.ExampleReader;
import io.fcnspark.training.TrainingData;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Finds examples, and reads each of them once before training: a file that cannot be used is found now, and not in epoch 3. */
final class TrainingExamples {
    private static final int SHOWN = 5;

    private TrainingExamples() {}

    /**
     * Images with their truth, in the order of their URIs.
     *
     * @throws BadInputException if there are none, or any has no truth; the message names some
     */
    static List<Example> find(SparkSession spark, List<String> inputs, String truthRoot, LabelConvention convention) {
        Dataset<Row> images = TruthFiles.match(
                        spark, ImageListing.list(spark, inputs).images(), truthRoot, convention)
                .select(MasksSchema.IMAGE, ListedRows.TRUTH)
                .orderBy(functions.col(MasksSchema.IMAGE));
        List<Row> rows = images.collectAsList();
        if (rows.isEmpty()) {
            throw new BadInputException("no images under %s: expected files that end in %s"
                    .formatted(String.join(", ", inputs), ImageNames.endings()));
        }
        TruthFiles.requireAny(images, truthRoot, convention);
        List<String> missing = rows.stream()
                .filter(row -> row.isNullAt(1))
                .map(row -> row.getString(0))
                .toList();
        if (!missing.isEmpty()) {
            throw new BadInputException("%d of %d images have no truth under %s: %s"
                    .formatted(missing.size(), rows.size(), truthRoot, some(missing)));
        }
        return rows.stream()
                .map(row -> new Example(row.getString(0), row.getString(1)))
                .toList();
    }

    /**
     * Reads every example.
     *
     * @return how often each class is in the truth
     * @throws BadInputException if any cannot be used; the message names some, and says what is wrong with each
     */
    static ClassFrequencies check(JavaSparkContext context, List<Example> examples, TrainingData data, int numClasses) {
        int tasks = Math.min(examples.size(), 4 * TaskSlots.expected(context.sc()));
        Findings findings = context.parallelize(examples, tasks)
                .mapPartitions(partition -> {
                    ExampleReader reader = data.reader();
                    Findings found = new Findings(ClassFrequencies.zero(numClasses), 0, List.of());
                    while (partition.hasNext()) {
                        found = found.plus(findings(partition.next(), reader, numClasses));
                    }
                    return List.of(found).iterator();
                })
                .reduce(Findings::plus);
        if (findings.bad() > 0) {
            throw new BadInputException("%d of %d examples cannot be used: %s"
                    .formatted(findings.bad(), examples.size(), some(findings.problems())));
        }
        return findings.counts();
    }

    private record Findings(ClassFrequencies counts, long bad, List<String> problems) implements Serializable {
        Findings plus(Findings other) {
            return new Findings(
                    counts.plus(other.counts),
                    bad + other.bad,
                    new ArrayList<>(Stream.concat(problems.stream(), other.problems.stream())
                            .limit(SHOWN)
                            .toList()));
        }
    }

    private static Findings findings(Example example, ExampleReader reader, int numClasses) {
        try {
            return new Findings(ClassFrequencies.of(reader.read(example).truth(), numClasses), 0, List.of());
        } catch (ImageException e) {
            return new Findings(ClassFrequencies.zero(numClasses), 1, List.of(e.getMessage()));
        }
    }

    private static String some(List<String> all) {
        String shown = String.join("; ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + "; …" : shown;
    }
}
