package io.fcnspark.spark.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Checked;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
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
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.MasksSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
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

    private static final Setting INPUTS = new Setting("inputs");
    private static final Setting OUTPUT = new Setting("output");
    private static final Setting TRUTH = new Setting("truth");

    private final Supplier<SparkSession> session;
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

    private PackImages(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** What {@link io.fcnspark.spark.FcnActions#packImages} calls. */
    public static PackImages on(Supplier<SparkSession> session) {
        return new PackImages(session);
    }

    /** Folders, globs, single images and lists; see {@link ImageListing#list}. */
    public PackImages inputs(List<String> uris) {
        this.inputs = Checked.notEmpty(INPUTS, uris);
        return this;
    }

    /** Folder of the shards on any Hadoop file system. */
    public PackImages output(String uri) {
        this.output = Checked.required(OUTPUT, uri);
        return this;
    }

    /** Folder of the truth that goes with the images, and how it is stored. Default: none. */
    public PackImages truth(String root, LabelConvention convention) {
        this.truthRoot = Checked.required(TRUTH, root);
        this.truthConvention = Checked.required(TRUTH, convention);
        return this;
    }

    /** Begins a new shard after so many bytes of images. Default: {@link #DEFAULT_SHARD_BYTES}. */
    public PackImages shardBytes(long bytes) {
        this.shardBytes = Checked.positive(new Setting("shardBytes"), bytes);
        this.shardImages = Long.MAX_VALUE;
        return this;
    }

    /** Begins a new shard after so many images, whatever their length. */
    public PackImages shardImages(long images) {
        this.shardImages = Checked.positive(new Setting("shardImages"), images);
        this.shardBytes = Long.MAX_VALUE;
        return this;
    }

    /** What becomes of shards in the output. Default: it is refused. */
    public PackImages existing(Existing choice) {
        this.existing = Objects.requireNonNull(choice);
        return this;
    }

    /**
     * Packs, and tells what was packed.
     *
     * @throws io.fcnspark.errors.SettingException if inputs or output are not set
     * @throws BadInputException if inputs or truth cannot be used
     * @throws OutputException if the output holds shards that are not to be replaced, or cannot be written
     * @throws io.fcnspark.errors.StorageException if the storage failed
     */
    public PackResult execute() {
        return StorageFaults.named(this::run);
    }

    private PackResult run() {
        Checked.notEmpty(INPUTS, inputs);
        Checked.required(OUTPUT, output);
        StorageUris.requireNoCredentials(inputs);
        StorageUris.requireNoCredentials(List.of(output, truthRoot == null ? "" : truthRoot));
        try (NamedJobs jobs = NamedJobs.begin(session.get().sparkContext(), "fcn pack")) {
            return pack(jobs);
        }
    }

    private PackReport pack(NamedJobs jobs) {
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(session.get().sparkContext());
        ShardFolder folder = new ShardFolder(output, context.hadoopConfiguration());
        List<String> old = folder.shards();
        if (existing == Existing.REFUSE && !old.isEmpty()) {
            throw new OutputException(
                    new Setting("existing"),
                    "output %s holds %d shards already, for example %s: give another folder, or have them replaced"
                            .formatted(output, old.size(), old.get(0)));
        }

        jobs.describe("list images");
        Listing listing = ImageListing.list(session.get(), inputs);
        Dataset<Row> images = withTruth(listing.images());
        String common = commonFolder(images);
        JavaRDD<Tuple2<Item, Long>> sorted = images.javaRDD()
                .map(row -> item(row, common))
                .sortBy(
                        item -> item._1().order(),
                        true,
                        session.get().sparkContext().defaultParallelism())
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
        Dataset<Row> matched = TruthFiles.match(session.get(), images, truthRoot, truthConvention);
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
