package io.fcnspark.spark.label;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageNames;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.LeftOut;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.Listing;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.weights.ModelDescription;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * What there is to label: what the inputs name, without what the output holds already.
 *
 * @param listed images that the inputs name
 * @param leftOut files below the inputs that do not end like images
 * @param rows of {@link ListedImage}, on the executors' disks: those to label
 * @param files how many of them are files
 * @param entries how many of them are entries of shards
 */
record RemainingImages(long listed, LeftOut leftOut, Dataset<Row> rows, long files, long entries) {
    /**
     * Lists, and compares with the output.
     *
     * @throws BadInputException if the inputs name no image, or if the truth cannot be used
     */
    static RemainingImages find(
            SparkSession spark, LabelOptions options, MaskTable table, ModelDescription description) {
        options.truthConvention().ifPresent(convention -> requireSameClasses(description, convention));
        Listing found = ImageListing.listWithShards(spark, options.inputs());
        Kept listing = keep(withTruth(found.images(), options));
        if (listing.total() == 0) {
            throw new BadInputException(
                    new Setting("inputs"),
                    "no images under %s: expected files that end in %s, or tar shards (.tar, .tar.gz, .tgz) with such files%s"
                            .formatted(
                                    String.join(", ", options.inputs()),
                                    ImageNames.endings(),
                                    found.leftOut().files() == 0
                                            ? ""
                                            : ". What is there ends otherwise: "
                                                    + found.leftOut().byEnding()));
        }
        requireTruth(listing.rows(), options);
        Dataset<Row> undone = table.withoutDone(
                changedSince(listing.rows(), options.since()), description.identity(), options.rejected());
        Kept remaining = undone == listing.rows() ? listing : keep(undone);
        return new RemainingImages(
                listing.total(), found.leftOut(), remaining.rows(), remaining.files(), remaining.entries());
    }

    /** Images to label. */
    long total() {
        return files + entries;
    }

    private record Kept(Dataset<Row> rows, long files, long entries) {
        long total() {
            return files + entries;
        }
    }

    /**
     * Keeps rows on the executors' disks until nobody refers to them, and counts them. As an RDD: Spark's cache of data sets would
     * forget rows that came from the output as soon as a wave is appended to it, and would run hundreds of tasks for a handful of
     * rows; a query that counts would have to be planned and compiled.
     */
    private static Kept keep(Dataset<Row> rows) {
        JavaRDD<Row> kept = rows.javaRDD().persist(StorageLevel.DISK_ONLY());
        int place = rows.schema().fieldIndex(ListedRows.PLACE);
        Map<Boolean, Long> counts = kept.map(row -> !row.isNullAt(place)).countByValue();
        return new Kept(
                rows.sparkSession().createDataFrame(kept, rows.schema()),
                counts.getOrDefault(false, 0L),
                counts.getOrDefault(true, 0L));
    }

    private static void requireSameClasses(ModelDescription description, LabelConvention convention) {
        if (convention.classes().size() != description.classes().size()) {
            throw new BadInputException(
                    new Setting("truth"),
                    "model %s has %d classes (%s), but labels '%s' have %d (%s)"
                            .formatted(
                                    description.identity(),
                                    description.classes().size(),
                                    description.classes().name(),
                                    convention.classes().name(),
                                    convention.classes().size(),
                                    String.join(", ", convention.classes().names())));
        }
    }

    private static Dataset<Row> withTruth(Dataset<Row> images, LabelOptions options) {
        return options.truthRoot()
                .map(root -> TruthFiles.match(
                        images.sparkSession(),
                        images,
                        root,
                        options.truthConvention().orElseThrow()))
                .orElse(images);
    }

    private static void requireTruth(Dataset<Row> images, LabelOptions options) {
        options.truthConvention().ifPresent(convention -> options.truthRoot()
                .ifPresentOrElse(
                        root -> TruthFiles.requireAny(images, root, convention),
                        () -> TruthFiles.requireAnyInShards(images)));
    }

    private static Dataset<Row> changedSince(Dataset<Row> images, Instant since) {
        Column modified = col(MasksSchema.IMAGE_MODIFIED);
        // What a list names and is not there has no time.
        return since.equals(Instant.MIN)
                ? images
                : images.filter(modified.isNull().or(modified.geq(lit(Timestamp.from(since)))));
    }
}
