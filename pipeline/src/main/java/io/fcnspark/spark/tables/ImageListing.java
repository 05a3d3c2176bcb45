package io.fcnspark.spark.tables;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The images under folders, globs, single files and lists, on any Hadoop file system. The driver sees folders only; files are
 * listed on the executors and stay there.
 */
public final class ImageListing {
    /** Endings, in lower case, of the files in folders that count as images. Files that are named count whatever they end in. */
    private static final Set<String> IMAGE_ENDINGS = Set.of("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp");

    private static final Set<String> LIST_ENDINGS = Set.of("txt", "csv", "parquet");

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
     * @return columns {@code image}, {@code image_modified}, {@code image_bytes}; each image once
     * @throws BadInputException if an input does not exist or cannot be listed
     */
    public static Dataset<Row> list(SparkSession spark, List<String> inputs) {
        return new ImageListing(spark).list(inputs);
    }

    private Dataset<Row> list(List<String> inputs) {
        List<String> folders = new ArrayList<>();
        List<ImageFile> files = new ArrayList<>();
        List<Dataset<Row>> lists = new ArrayList<>();
        for (String input : inputs) {
            for (FileStatus status : resolve(input)) {
                if (LIST_ENDINGS.contains(ending(status.getPath().getName()))) {
                    lists.add(entries(status.getPath()));
                } else if (status.isDirectory()) {
                    folders.add(status.getPath().toString());
                } else {
                    files.add(imageFile(status));
                }
            }
        }
        Dataset<Row> all = dataset(context().parallelize(files, 1));
        for (JavaRDD<ImageFile> level : filesBelow(folders)) {
            all = all.union(dataset(level));
        }
        for (Dataset<Row> list : lists) {
            all = all.union(list);
        }
        // One folder names no image twice.
        boolean overlap = !lists.isEmpty() || files.size() + folders.size() > 1;
        return overlap ? all.dropDuplicates(MasksSchema.IMAGE) : all;
    }

    private List<FileStatus> resolve(String input) {
        try {
            Path path = new Path(input);
            FileSystem fileSystem = path.getFileSystem(hadoop.value());
            try {
                // A name that exists is that file, even if it has characters that a glob would give a meaning.
                return List.of(fileSystem.getFileStatus(path));
            } catch (FileNotFoundException e) {
                FileStatus[] matches = fileSystem.globStatus(path, match -> !FolderListing.isHidden(match.getName()));
                if (matches == null || matches.length == 0) {
                    throw new BadInputException(
                            "input %s: no such folder or file, and no glob that matches anything".formatted(input), e);
                }
                return List.of(matches);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInputException("input %s cannot be listed: %s".formatted(input, reason(e)), e);
        }
    }

    /** The image files in folders and all folders below, one data set per depth; each folder is listed once. */
    private List<JavaRDD<ImageFile>> filesBelow(List<String> folders) {
        List<JavaRDD<ImageFile>> levels = new ArrayList<>();
        List<String> pending = folders;
        while (!pending.isEmpty()) {
            SerializableConfiguration configuration = hadoop;
            JavaRDD<FolderEntry> entries = context()
                    .parallelize(pending, Math.min(pending.size(), MOST_LISTING_TASKS))
                    .flatMap(folder -> new FolderListing(folder, configuration.value()).entries())
                    .persist(StorageLevel.DISK_ONLY());
            levels.add(entries.filter(entry -> !entry.isFolder()).map(FolderEntry::file));
            pending = entries.filter(FolderEntry::isFolder)
                    .map(entry -> entry.file().uri())
                    .collect();
        }
        return levels;
    }

    private Dataset<Row> entries(Path list) {
        Dataset<Row> entries =
                switch (ending(list.getName())) {
                    case "csv" -> spark.read().option("header", true).csv(globEscaped(list));
                    case "parquet" -> spark.read().parquet(globEscaped(list));
                    default -> spark.read().text(globEscaped(list)).withColumnRenamed("value", MasksSchema.IMAGE);
                };
        if (!List.of(entries.columns()).contains(MasksSchema.IMAGE)) {
            throw new BadInputException(
                    "list %s has no column 'image': it has %s".formatted(list, String.join(", ", entries.columns())));
        }
        String base = list.getParent().toString();
        SerializableConfiguration configuration = hadoop;
        JavaRDD<ImageFile> files = entries.select(MasksSchema.IMAGE)
                .filter(functions
                        .length(functions.trim(functions.col(MasksSchema.IMAGE)))
                        .gt(0))
                .repartition(spark.sparkContext().defaultParallelism() * 4)
                .javaRDD()
                .map(row -> stat(row.getString(0).strip(), base, configuration.value()));
        return dataset(files);
    }

    /** A path for those that take a glob, as Spark does: matches that path alone, whatever characters it has. */
    static String globEscaped(Path path) {
        return path.toString().replaceAll("([\\\\*?\\[\\]{}])", "\\\\$1");
    }

    private static ImageFile stat(String entry, String base, Configuration configuration) throws IOException {
        Path path = new Path(new Path(base), new Path(entry));
        try {
            return imageFile(path.getFileSystem(configuration).getFileStatus(path));
        } catch (FileNotFoundException e) {
            return new ImageFile(path.toString(), null, null);
        }
    }

    private Dataset<Row> dataset(JavaRDD<ImageFile> files) {
        return spark.createDataFrame(files.map(ImageFile::toRow), ImageFile.SCHEMA);
    }

    private JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    /** Endings of the files in folders that count as images, for people. */
    public static String imageEndings() {
        return IMAGE_ENDINGS.stream().sorted().collect(Collectors.joining(", "));
    }

    /** Whether a file in a folder counts as an image. */
    static boolean isImage(String name) {
        return IMAGE_ENDINGS.contains(ending(name));
    }

    static ImageFile imageFile(FileStatus status) {
        return new ImageFile(status.getPath().toString(), new Timestamp(status.getModificationTime()), status.getLen());
    }

    static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
