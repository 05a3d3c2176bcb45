package io.fcnspark.spark.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.image.ImageNames;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.shards.PackedName;
import io.fcnspark.spark.listing.ImageListing;
import io.fcnspark.spark.listing.ListedRows;
import io.fcnspark.spark.listing.Listing;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.pack.PackShard.Item;
import io.fcnspark.spark.pack.PackShard.Packed;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.MasksSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Packs images, each with its truth, into tar shards, a task for each shard. The same images give the same shards, byte for
 * byte: in the order of their paths below the folder that all have in common.
 */
public final class PackImages {
    /** Bytes of the images in a shard, about: 256 MiB. */
    public static final long DEFAULT_SHARD_BYTES = 256 << 20;

    private final SparkSession spark;
    private List<String> inputs = List.of();
    private String output;
    private String truthRoot;
    private LabelConvention truthConvention;
    private long shardBytes = DEFAULT_SHARD_BYTES;
    private long shardImages = Long.MAX_VALUE;
    private Existing existing = Existing.REFUSE;

    /** What becomes of shards that the output holds already. */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    private PackImages(SparkSession spark) {
        this.spark = spark;
    }

    /** Begins to describe what to pack. Inputs and output must be set. */
    public static PackImages on(SparkSession spark) {
        return new PackImages(spark);
    }

    /** Folders, globs, single images and lists; see {@link ImageListing#list}. */
    public PackImages inputs(List<String> uris) {
        this.inputs = List.copyOf(uris);
        return this;
    }

    /** Folder of the shards on any Hadoop file system. */
    public PackImages output(String uri) {
        this.output = uri;
        return this;
    }

    /** Folder of the truth that goes with the images, and how it is stored. Default: none. */
    public PackImages truth(String root, LabelConvention convention) {
        this.truthRoot = Objects.requireNonNull(root);
        this.truthConvention = Objects.requireNonNull(convention);
        return this;
    }

    /** Begins a new shard after so many bytes of images. Default: {@link #DEFAULT_SHARD_BYTES}. */
    public PackImages shardBytes(long bytes) {
        this.shardBytes = positive("shard-bytes", bytes);
        this.shardImages = Long.MAX_VALUE;
        return this;
    }

    /** Begins a new shard after so many images, whatever their length. */
    public PackImages shardImages(long images) {
        this.shardImages = positive("shard-images", images);
        this.shardBytes = Long.MAX_VALUE;
        return this;
    }

    /** What becomes of shards in the output. Default: it is refused. */
    public PackImages existing(Existing choice) {
        this.existing = choice;
        return this;
    }

    private static long positive(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s is %d: expected at least 1".formatted(option, value));
        }
        return value;
    }

    /**
     * Packs, and tells what was packed.
     *
     * @throws BadInputException if inputs, truth or output cannot be used, or a file cannot be read
     */
    public PackReport execute() {
        Objects.requireNonNull(output, "output");
        StorageUris.requireNoCredentials(inputs);
        StorageUris.requireNoCredentials(List.of(output, truthRoot == null ? "" : truthRoot));
        try (NamedJobs jobs = NamedJobs.begin(spark.sparkContext(), "fcn pack")) {
            return pack(jobs);
        }
    }

    private PackReport pack(NamedJobs jobs) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        ShardFolder folder = new ShardFolder(output, context.hadoopConfiguration());
        List<String> old = folder.shards();
        if (existing == Existing.REFUSE && !old.isEmpty()) {
            throw new BadInputException(
                    "output %s holds %d shards already, for example %s: give another folder, or replace them with --overwrite"
                            .formatted(output, old.size(), old.get(0)));
        }

        jobs.describe("list images");
        Listing listing = ImageListing.list(spark, inputs);
        Dataset<Row> images = withTruth(listing.images());
        String common = commonFolder(images);
        JavaRDD<Tuple2<Item, Long>> sorted = images.javaRDD()
                .map(row -> item(row, common))
                .sortBy(item -> item._1().order(), true, spark.sparkContext().defaultParallelism())
                .persist(StorageLevel.DISK_ONLY());
        try {
            long[] firstRanks = firstRanks(sorted);
            folder.prepare();
            jobs.describe("write %d shards".formatted(firstRanks.length));
            Packed packed = write(sorted, firstRanks, new SerializableConfiguration(context.hadoopConfiguration()));
            folder.retain(IntStream.range(0, firstRanks.length)
                    .mapToObj(number -> PackShard.name(number, firstRanks.length))
                    .collect(Collectors.toSet()));
            return new PackReport(
                    packed.images(),
                    packed.truths(),
                    firstRanks.length,
                    packed.bytes(),
                    listing.leftOut().byEnding(),
                    output);
        } finally {
            sorted.unpersist(false);
        }
    }

    private Dataset<Row> withTruth(Dataset<Row> images) {
        if (truthConvention == null) {
            return images.withColumn(ListedRows.TRUTH, lit(null).cast("string"));
        }
        Dataset<Row> matched = TruthFiles.match(spark, images, truthRoot, truthConvention);
        TruthFiles.requireAny(matched, truthRoot, truthConvention);
        return matched;
    }

    /** The deepest folder that all images have in common, with a slash at the end. */
    private String commonFolder(Dataset<Row> images) {
        Row ends = images.agg(min(col(MasksSchema.IMAGE)), max(col(MasksSchema.IMAGE)))
                .first();
        if (ends.isNullAt(0)) {
            throw new BadInputException("no images under %s: expected files that end in %s"
                    .formatted(String.join(", ", inputs), ImageNames.endings()));
        }
        // What the first and the last have in common, all between them have.
        String first = ends.getString(0);
        String last = ends.getString(1);
        int same = 0;
        while (same < first.length() && same < last.length() && first.charAt(same) == last.charAt(same)) {
            same++;
        }
        return first.substring(0, first.lastIndexOf('/', same - 1) + 1);
    }

    private static Tuple2<Item, Long> item(Row row, String common) {
        ImageFile file = ListedRows.file(row);
        if (file.bytes() == null) {
            throw new BadInputException("%s does not exist".formatted(file.uri()));
        }
        if (!ImageNames.isImage(file.uri())) {
            throw new BadInputException("%s would not be taken for an image in a shard: expected a name that ends in %s"
                    .formatted(file.uri(), ImageNames.endings()));
        }
        PackedName name = PackedName.of(file.uri().substring(common.length()));
        return new Tuple2<>(new Item(name, file.uri(), row.getAs(ListedRows.TRUTH)), file.bytes());
    }

    /** The rank of each shard's first image among all images. */
    private long[] firstRanks(JavaRDD<Tuple2<Item, Long>> sorted) {
        List<Long> bytes = sorted.mapPartitions(items -> {
                    long sum = 0;
                    while (items.hasNext()) {
                        sum += items.next()._2();
                    }
                    return List.of(sum).iterator();
                })
                .collect();
        long[] before = new long[bytes.size()];
        for (int i = 1; i < before.length; i++) {
            before[i] = before[i - 1] + bytes.get(i - 1);
        }
        long bytesOfShard = shardBytes;
        long imagesOfShard = shardImages;
        return sorted
                .zipWithIndex()
                .mapPartitionsWithIndex(
                        (partition, items) -> ShardStart.of(items, before[partition], bytesOfShard, imagesOfShard)
                                .iterator(),
                        false)
                .mapToPair(start -> new Tuple2<>(start.number(), start.rank()))
                // A shard may begin in one partition and go on in the next.
                .reduceByKey(Math::min)
                .values()
                .collect()
                .stream()
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
    }

    private Packed write(JavaRDD<Tuple2<Item, Long>> sorted, long[] firstRanks, SerializableConfiguration hadoop) {
        PackShard shard = new PackShard(output, firstRanks.length, hadoop);
        return sorted.map(Tuple2::_1)
                .zipWithIndex()
                .mapToPair(Tuple2::swap)
                .repartitionAndSortWithinPartitions(new ByRank(firstRanks))
                .values()
                .mapPartitionsWithIndex(
                        (number, items) -> List.of(shard.write(number, items)).iterator(), false)
                .reduce(Packed::plus);
    }

    /** A partition for each shard. */
    private static final class ByRank extends Partitioner {
        private final long[] firstRanks;

        ByRank(long[] firstRanks) {
            this.firstRanks = firstRanks;
        }

        @Override
        public int numPartitions() {
            return firstRanks.length;
        }

        @Override
        public int getPartition(Object rank) {
            int found = Arrays.binarySearch(firstRanks, (Long) rank);
            return found >= 0 ? found : -found - 2;
        }
    }
}
