package io.fcnspark.spark.listing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.labelling.EntryName;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StoredFiles;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds the truth of images, as a join of two listings: no image costs a look-up in the storage.
 *
 * <p>An image's truth is found by where both are: for the longest end of the image's path (the whole path, the path without
 * its first folder, … the name alone) for which one of the places that the label convention gives exists under the truth
 * folder. So it does not matter where the image folder begins.
 */
public final class TruthFiles {
    private static final Setting TRUTH = new Setting("truth");

    private static final String PLACE = "place";
    private static final String RANK = "rank";
    private static final String MATCHED = "matched";
    private static final String USED = "used";

    private static final StructType CANDIDATES = new StructType()
            .add(MasksSchema.IMAGE, DataTypes.StringType, false)
            .add(PLACE, DataTypes.StringType, false)
            .add(RANK, DataTypes.IntegerType, false);

    private static final StructType PLACES =
            new StructType().add(PLACE, DataTypes.StringType, false).add(ListedRows.TRUTH, DataTypes.StringType, false);

    private TruthFiles() {}

    /**
     * Adds the column {@link ListedRows#TRUTH}, and leaves out what is the truth of another image: images and truth may lie in one folder.
     *
     * @param images a listing, each image once; truth that it has already is forgotten
     * @param root folder of the truth
     * @throws BadInputException if the folder does not exist
     */
    public static Dataset<Row> match(SparkSession spark, Dataset<Row> images, String root, LabelConvention convention) {
        Dataset<Row> truths = places(spark, root(spark, root));
        Row deepest = truths.agg(max(size(split(col(PLACE), "/")))).first();
        int depth = deepest.isNullAt(0) ? 0 : deepest.getInt(0);
        String conventionJson = LabelConventions.toJson(convention).toString();
        Dataset<Row> candidates = spark.createDataFrame(
                images.select(MasksSchema.IMAGE).javaRDD().mapPartitions(rows -> {
                    LabelConvention rule = LabelConventions.fromJson(conventionJson, "the labels of this run");
                    Iterable<Row> once = () -> rows;
                    return StreamSupport.stream(once.spliterator(), false)
                            .flatMap(row -> candidates(row.getString(0), rule, depth))
                            .iterator();
                }),
                CANDIDATES);
        Dataset<Row> found = candidates
                .join(truths, PLACE)
                .filter(col(ListedRows.TRUTH).notEqual(col(MasksSchema.IMAGE)))
                .groupBy(col(MasksSchema.IMAGE).as(MATCHED))
                .agg(min_by(col(ListedRows.TRUTH), col(RANK)).as(ListedRows.TRUTH));
        Dataset<Row> matched = images.drop(ListedRows.TRUTH)
                .join(found, images.col(MasksSchema.IMAGE).equalTo(found.col(MATCHED)), "left")
                .drop(MATCHED);
        Dataset<Row> used = found.select(col(ListedRows.TRUTH).as(USED));
        return matched.join(used, col(MasksSchema.IMAGE).equalTo(col(USED)), "left_anti");
    }

    /** Every file under the truth folder with its path relative to it. */
    private static Dataset<Row> places(SparkSession spark, String root) {
        int prefix = root.length() + 1;
        return spark.createDataFrame(
                ImageListing.list(spark, List.of(root)).images().javaRDD().map(row -> {
                    String uri = ListedRows.file(row).uri();
                    return RowFactory.create(uri.substring(prefix), uri);
                }),
                PLACES);
    }

    /**
     * Requires that truth was found in the shards for one image at least.
     *
     * @param images rows of {@link ImageListing#listWithShards}, at least one
     * @throws BadInputException that says what would have been truth
     */
    public static void requireAnyInShards(Dataset<Row> images) {
        if (images.filter(col(ListedRows.TRUTH).isNotNull()).isEmpty()) {
            throw new BadInputException(
                    TRUTH,
                    "no image has truth beside it in a tar shard: expected x.seg.png, x.mask.png, or x.png beside an"
                            + " image x.* of another format. Truth in a folder has to be named");
        }
    }

    /**
     * Requires that truth was found for one image at least: else the folder or the convention is most likely the wrong one.
     *
     * @param images a listing with the column {@link ListedRows#TRUTH}, at least one row
     * @throws BadInputException that says where truth was looked for
     */
    public static void requireAny(Dataset<Row> images, String root, LabelConvention convention) {
        if (images.filter(col(ListedRows.TRUTH).isNotNull()).isEmpty()) {
            String image = images.select(MasksSchema.IMAGE).first().getString(0);
            List<String> places = places(image, convention);
            throw new BadInputException(
                    TRUTH,
                    "no image has truth under %s by the rules of labels '%s': for %s neither %s exists there"
                            .formatted(root, convention.classes().name(), image, String.join(" nor ", places)));
        }
    }

    private static Stream<Row> candidates(String image, LabelConvention convention, int depth) {
        List<String> places = places(image, convention);
        List<Row> rows = new ArrayList<>();
        for (int rank = 0; rank < places.size(); rank++) {
            String place = places.get(rank);
            // Nothing lies deeper than the deepest truth.
            if (place.chars().filter(c -> c == '/').count() < depth) {
                rows.add(RowFactory.create(image, place, rank));
            }
        }
        return rows.stream();
    }

    /** Where the truth of an image may be under the truth folder, the most telling place first. */
    static List<String> places(String image, LabelConvention convention) {
        String path = path(image);
        List<String> places = new ArrayList<>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            places.addAll(convention.truthCandidates(path.substring(slash + 1)));
        }
        return places.stream().distinct().toList();
    }

    /** Of a file, its path; of an entry of a shard, its name, which nothing else can make sense of. */
    private static String path(String image) {
        return EntryName.of(image).map(name -> "/" + name.entry()).orElseGet(() -> HadoopPaths.pathOf(image));
    }

    /**
     * The truth folder as the beginning of the URIs of what lies in it, without a slash at the end.
     *
     * @throws BadInputException if the folder does not exist
     */
    public static String root(SparkSession spark, String root) {
        Path path = HadoopPaths.of(root);
        try {
            FileStatus status = StoredFiles.status(path, spark.sparkContext().hadoopConfiguration());
            if (!status.isDirectory()) {
                throw new BadInputException(TRUTH, "truth %s is not a folder".formatted(root));
            }
            return status.getPath().toString();
        } catch (IOException e) {
            throw StorageFaults.unreadable(
                    TRUTH, "truth %s cannot be listed: %s".formatted(root, HadoopPaths.reason(e)), e);
        }
    }
}
