package io.fcnspark.spark.listing;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageNames;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.spark.listing.FolderEntry.Kind;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StoredFiles;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The images under folders, globs, single files and lists, and in tar shards, on any Hadoop file system. The driver sees
 * folders and shards only; files and entries are listed on the executors and stay there.
 */
public final class ImageListing {
    private static final Set<String> LIST_ENDINGS = Set.of("txt", "csv", "parquet");

    private static final Setting INPUTS = new Setting("inputs");

    private static final int MOST_LISTING_TASKS = 10_000;

    private final SparkSession spark;
    private final SerializableConfiguration hadoop;

    private ImageListing(SparkSession spark) {
        this.spark = spark;
        this.hadoop = new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    }

    /**
     * Lists images.
     *
     * @param inputs folders (with all folders below them; names that begin with a dot or an underscore are left out), globs,
     *     single images, or lists: {@code .txt} with a URI per line, {@code .csv} or {@code .parquet} with a column {@code
     *     image}; entries of a list may be relative to the list's folder
     * @return columns {@code image}, {@code image_modified}, {@code image_bytes}; each image once. Time and length are null of
     *     what a list names and is not there
     * @throws BadInputException if an input does not exist or cannot be listed
     */
    public static Listing list(SparkSession spark, List<String> inputs) {
        Found found = new ImageListing(spark).find(inputs);
        return new Listing(found.images(), found.leftOut());
    }

    /**
     * Lists images and the images in shards.
     *
     * @param inputs as of {@link #list}; tar shards ({@code .tar}, {@code .tar.gz}, {@code .tgz}) count wherever an image would
     * @return rows of {@link ListedImage}, each image once; of several entries of a shard with one name, the first
     * @throws BadInputException if an input does not exist or cannot be listed
     */
    public static Listing listWithShards(SparkSession spark, List<String> inputs) {
        ImageListing listing = new ImageListing(spark);
        Found found = listing.find(inputs);
        Dataset<Row> images = found.images();
        for (String column : List.of(ListedRows.TRUTH, ListedRows.PLACE, ListedRows.PROBLEM)) {
            images = images.withColumn(
                    column,
                    functions.lit(null).cast(ListedRows.SCHEMA.apply(column).dataType()));
        }
        return new Listing(
                found.shards().isEmpty() ? images : images.union(listing.shardEntries(found.shards())),
                found.leftOut());
    }

    /** The images that are files, as a data set, the shards, and what is neither. */
    private record Found(Dataset<Row> images, List<ImageFile> shards, LeftOut leftOut) {}

    private Found find(List<String> inputs) {
        List<String> folders = new ArrayList<>();
        List<ImageFile> files = new ArrayList<>();
        List<Path> lists = new ArrayList<>();
        for (String input : inputs) {
            for (FileStatus status : resolve(input)) {
                if (LIST_ENDINGS.contains(ImageNames.ending(status.getPath().getName()))) {
                    lists.add(status.getPath());
                } else if (status.isDirectory()) {
                    folders.add(status.getPath().toString());
                } else {
                    files.add(HadoopPaths.imageFile(status));
                }
            }
        }
        Set<ImageFile> shards = new LinkedHashSet<>();
        files.stream().filter(ImageListing::isShard).forEach(shards::add);
        files.removeAll(shards);
        Dataset<Row> all = dataset(context().parallelize(files, 1));
        for (Path list : lists) {
            JavaRDD<ImageFile> listed = entries(list).persist(StorageLevel.DISK_ONLY());
            shards.addAll(listed.filter(ImageListing::isShard).collect());
            all = all.union(dataset(listed.filter(file -> !isShard(file))));
        }
        LeftOut leftOut = LeftOut.NOTHING;
        for (Level level : levelsBelow(folders)) {
            shards.addAll(level.others().shards());
            leftOut = leftOut.plus(level.others().leftOut());
            all = all.union(dataset(level.images()));
        }
        // One folder names no image twice.
        boolean overlap = !lists.isEmpty() || files.size() + folders.size() > 1;
        return new Found(
                overlap ? all.dropDuplicates(MasksSchema.IMAGE) : all, List.copyOf(shards), leftOut.shortened());
    }

    /** A shard that does not exist is like an image that does not: a row with a reason. */
    private static boolean isShard(ImageFile file) {
        return file.bytes() != null && ShardFormat.of(file.uri()).isPresent();
    }

    /** The images in shards, each shard read by one task. */
    private Dataset<Row> shardEntries(List<ImageFile> shards) {
        SerializableConfiguration configuration = hadoop;
        JavaRDD<Row> rows = context()
                .parallelize(shards, Math.min(shards.size(), MOST_LISTING_TASKS))
                .flatMap(shard -> {
                    ShardListing listing = new ShardListing(shard, configuration.value());
                    TaskCompletionListener close = task -> listing.close();
                    TaskContext.get().addTaskCompletionListener(close);
                    return listing;
                })
                .map(listed -> ListedRows.of(listed));
        Column offset =
                functions.coalesce(functions.col(ListedRows.PLACE).getField(ListedRows.OFFSET), functions.lit(0L));
        Column[] columns = Arrays.stream(ListedRows.SCHEMA.fieldNames())
                .map(functions::col)
                .toArray(Column[]::new);
        return spark.createDataFrame(rows, ListedRows.SCHEMA)
                .groupBy(MasksSchema.IMAGE)
                .agg(functions.min_by(functions.struct(columns), offset).as("first"))
                .select("first.*");
    }

    private Collection<FileStatus> resolve(String input) {
        try {
            Path path = HadoopPaths.of(input);
            try {
                // A name that exists is that file, even if it has characters that a glob would give a meaning.
                return List.of(StoredFiles.status(path, hadoop.value()));
            } catch (FileNotFoundException e) {
                Collection<FileStatus> matches = new Glob(path, hadoop.value()).matches();
                if (matches.isEmpty()) {
                    throw new BadInputException(
                            INPUTS,
                            "input %s: no such folder or file, and no glob that matches anything".formatted(input),
                            e);
                }
                return matches;
            }
        } catch (IOException e) {
            throw StorageFaults.unreadable(
                    INPUTS, "input %s cannot be listed: %s".formatted(input, HadoopPaths.reason(e)), e);
        }
    }

    /** Images of folders of one depth, on the executors, and what else lies there. */
    private record Level(JavaRDD<ImageFile> images, FolderContent others) {}

    /** What lies in folders and all folders below, one for each depth; each folder is listed once. */
    private List<Level> levelsBelow(List<String> folders) {
        List<Level> levels = new ArrayList<>();
        List<String> pending = folders;
        while (!pending.isEmpty()) {
            SerializableConfiguration configuration = hadoop;
            JavaRDD<FolderEntry> entries = context()
                    .parallelize(pending, Math.min(pending.size(), MOST_LISTING_TASKS))
                    .flatMap(folder -> new FolderListing(folder, configuration.value()).entries())
                    .persist(StorageLevel.DISK_ONLY());
            FolderContent others = entries.mapPartitions(
                            partition -> List.of(FolderContent.of(partition)).iterator())
                    .reduce(FolderContent::plus);
            levels.add(new Level(
                    entries.filter(entry -> entry.kind() == Kind.IMAGE).map(FolderEntry::file), others));
            pending = others.folders();
        }
        return levels;
    }

    private JavaRDD<ImageFile> entries(Path list) {
        Dataset<Row> entries =
                switch (ImageNames.ending(list.getName())) {
                    case "csv" -> spark.read().option("header", true).csv(HadoopPaths.globEscaped(list));
                    case "parquet" -> spark.read().parquet(HadoopPaths.globEscaped(list));
                    default ->
                        spark.read().text(HadoopPaths.globEscaped(list)).withColumnRenamed("value", MasksSchema.IMAGE);
                };
        if (!List.of(entries.columns()).contains(MasksSchema.IMAGE)) {
            throw new BadInputException(
                    "list %s has no column 'image': it has %s".formatted(list, String.join(", ", entries.columns())));
        }
        String base = list.getParent().toString();
        SerializableConfiguration configuration = hadoop;
        return entries.select(MasksSchema.IMAGE)
                .filter(functions
                        .length(functions.trim(functions.col(MasksSchema.IMAGE)))
                        .gt(0))
                .repartition(spark.sparkContext().defaultParallelism() * 4)
                .javaRDD()
                .map(row -> stat(row.getString(0).strip(), base, configuration.value()));
    }

    /** A file; without time and length if it is not there, or not to be reached: reading it tells why. */
    private static ImageFile stat(String entry, String base, Configuration configuration) {
        Path path;
        try {
            path = new Path(new Path(base), HadoopPaths.of(entry));
        } catch (BadInputException | IllegalArgumentException e) {
            return new ImageFile(entry, null, null);
        }
        try {
            return HadoopPaths.imageFile(StoredFiles.status(path, configuration));
        } catch (IOException e) {
            return new ImageFile(path.toString(), null, null);
        }
    }

    private Dataset<Row> dataset(JavaRDD<ImageFile> files) {
        return spark.createDataFrame(files.map(file -> ListedRows.of(file)), ListedRows.FILE);
    }

    private JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }
}
