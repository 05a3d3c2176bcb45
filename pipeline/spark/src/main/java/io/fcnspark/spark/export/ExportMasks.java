package io.fcnspark.spark.export;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.exports.LabelFormat;
import io.fcnspark.exports.LabelFormats;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.labelling.EntryName;
import io.fcnspark.labelling.MappedIterator;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Palettes;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.storage.StoredImages;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.spark.tables.UniqueImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes masks of an output for annotation tools: images of which the network was unsure go back to people, with its labels to
 * begin with. Files are written by the tasks, documents over all images by the driver, which holds some thousand images' parts.
 */
public final class ExportMasks {
    /** What becomes of the images. */
    public enum Images {
        /** They stay where they are. */
        REFERENCE,
        /** They are copied to the output, so that it is complete. */
        COPY
    }

    /** So many travel to the driver at once. */
    private static final int IMAGES_PER_PARTITION = 1000;

    private final SparkSession spark;
    private String masks;
    private String where;
    private String output;
    private String format;
    private String model;
    private ClassSet classes;
    private Images images = Images.REFERENCE;

    private ExportMasks(SparkSession spark) {
        this.spark = spark;
    }

    /** Begins to describe an export. Masks, format and output must be set. */
    public static ExportMasks on(SparkSession spark) {
        return new ExportMasks(spark);
    }

    /** An output folder of a labelling run. */
    public ExportMasks masks(String uri) {
        this.masks = uri;
        return this;
    }

    /** Masks to take, as a condition of Spark SQL over the columns of the table. Default: all. */
    public ExportMasks where(String condition) {
        this.where = Objects.requireNonNull(condition);
        return this;
    }

    /** One of {@link LabelFormats#names()}. */
    public ExportMasks format(String name) {
        LabelFormats.requireName(name);
        this.format = name;
        return this;
    }

    /** Folder to write; it may exist, but hold nothing. */
    public ExportMasks output(String uri) {
        this.output = uri;
        return this;
    }

    /**
     * Classes with their colours. Default: those that the masks have, in the colours of {@link Palettes#voc}.
     */
    public ExportMasks classes(ClassSet classSet) {
        this.classes = Objects.requireNonNull(classSet);
        return this;
    }

    /** Bundle of a model whose classes and colours to use, instead of {@link #classes(ClassSet)}. */
    public ExportMasks model(String bundle) {
        this.model = Objects.requireNonNull(bundle);
        return this;
    }

    /** What becomes of the images. Default: they stay where they are. */
    public ExportMasks images(Images choice) {
        this.images = choice;
        return this;
    }

    /**
     * Exports.
     *
     * @throws BadInputException if there is nothing to export, the masks are not unambiguous, or the output cannot be used
     */
    public ExportReport execute() {
        Objects.requireNonNull(masks, "masks");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(output, "output");
        StorageUris.requireNoCredentials(List.of(masks, output));
        try (NamedJobs jobs = NamedJobs.begin(spark.sparkContext(), "fcn export-labels")) {
            return export(jobs);
        }
    }

    private ExportReport export(NamedJobs jobs) {
        jobs.describe("choose masks");
        Dataset<Row> rows = rows();
        // Without the masks, which most steps do not need.
        Dataset<Row> chosen = rows.select(MasksSchema.IMAGE, MasksSchema.MODEL, MasksSchema.HEIGHT, MasksSchema.CLASSES)
                .persist();
        try {
            return export(jobs, rows, chosen);
        } finally {
            chosen.unpersist();
        }
    }

    /**
     * @param rows of the table that were chosen
     * @param chosen the same, without their masks
     */
    private ExportReport export(NamedJobs jobs, Dataset<Row> rows, Dataset<Row> chosen) {
        UniqueImages.require(chosen);
        Dataset<Row> labelled = chosen.filter(col(MasksSchema.HEIGHT).isNotNull());
        Row counts = labelled.agg(count(lit(1)), min(MasksSchema.IMAGE), max(MasksSchema.IMAGE))
                .first();
        long number = counts.getLong(0);
        if (number == 0) {
            throw new BadInputException(
                    where == null
                            ? "%s has no masks".formatted(masks)
                            : "%s has no masks for which %s".formatted(masks, where));
        }
        ExportNames.requireInside(labelled);
        ExportNames names = ExportNames.between(counts.getString(1), counts.getString(2));
        names.requireDistinct(labelled);
        LabelFormat labelFormat = labelFormat(labelled);
        if (labelFormat.listsNames()) {
            names.requireListable(labelled);
        }
        requireReachable(labelFormat, labelled);
        ExportFolder folder = ExportFolder.empty(output, configuration());

        jobs.describe("write as " + format);
        JavaRDD<ExportedParts> parts = parts(rows, number, names, labelFormat).persist(StorageLevel.DISK_ONLY());
        try {
            long missing = parts.filter(ExportedParts::isImageMissing).count();
            List<String> written = folder.write(labelFormat, parts);
            return new ExportReport(number, chosen.count() - number, missing, output, written);
        } finally {
            parts.unpersist();
        }
    }

    private Dataset<Row> rows() {
        MaskTable table = MaskTable.at(spark, masks);
        if (!table.exists()) {
            throw new BadInputException(
                    "%s holds no table of masks: expected the output of fcn label".formatted(masks));
        }
        return table.rowsWhere(where);
    }

    private JavaRDD<ExportedParts> parts(Dataset<Row> rows, long number, ExportNames names, LabelFormat labelFormat) {
        int partitions = Math.toIntExact(1 + (number - 1) / IMAGES_PER_PARTITION);
        SerializableConfiguration hadoop = new SerializableConfiguration(configuration());
        String target = output;
        boolean copiesImages = images == Images.COPY;
        return rows.filter(col(MasksSchema.HEIGHT).isNotNull())
                .select(
                        col(MasksSchema.IMAGE),
                        col(MasksSchema.MASK),
                        coalesce(col(MasksSchema.MEAN_CONFIDENCE), lit(0f)),
                        col(MasksSchema.MODEL))
                .repartitionByRange(partitions, col(MasksSchema.IMAGE))
                .sortWithinPartitions(MasksSchema.IMAGE)
                .javaRDD()
                .zipWithIndex()
                .mapPartitions(partition -> {
                    ImageExporter exporter = new ImageExporter(
                            labelFormat,
                            names,
                            copiesImages,
                            StoredImages.ofTask(hadoop.value(), ImageDecoder.DEFAULT_MAX_PIXELS),
                            ExportFolder.at(target, hadoop.value()));
                    return new MappedIterator<>(partition, row -> exporter.export(row._1, row._2 + 1));
                });
    }

    /** A document that says where images are is of no use if nobody can open them there. */
    private void requireReachable(LabelFormat labelFormat, Dataset<Row> labelled) {
        if (images == Images.REFERENCE && labelFormat.refersToImages()) {
            labelled
                    .filter(col(MasksSchema.IMAGE).contains(EntryName.SEPARATOR))
                    .select(MasksSchema.IMAGE)
                    .takeAsList(1)
                    .stream()
                    .map(row -> row.getString(0))
                    .filter(image -> EntryName.of(image).isPresent())
                    .forEach(image -> {
                        throw new BadInputException(
                                "%s is in a tar shard, where tools that read format %s cannot open it: add --images copy"
                                        .formatted(image, format));
                    });
        }
    }

    private LabelFormat labelFormat(Dataset<Row> labelled) {
        List<LabelClass> found = foundClasses(labelled);
        Optional<ClassSet> given = givenClasses();
        if (given.isPresent()) {
            List<String> names = given.get().names();
            for (LabelClass labelClass : found) {
                if (labelClass.id() >= names.size()
                        || !names.get(labelClass.id()).equals(labelClass.name())) {
                    throw new BadInputException("class %d of the masks is '%s', which '%s' does not have: it has %s"
                            .formatted(
                                    labelClass.id(),
                                    labelClass.name(),
                                    given.get().name(),
                                    labelClass.id() < names.size()
                                            ? "'%s' there".formatted(names.get(labelClass.id()))
                                            : "%d classes".formatted(names.size())));
                }
            }
        }
        try {
            return LabelFormats.of(format, given.map(ClassSet::classes).orElse(found));
        } catch (IllegalArgumentException e) {
            throw new BadInputException("format %s: %s".formatted(format, e.getMessage()), e);
        }
    }

    private Optional<ClassSet> givenClasses() {
        if (model == null) {
            return Optional.ofNullable(classes);
        }
        return Optional.of(LocalModel.classes(model, configuration()));
    }

    /** By their ids, in the colours of the VOC colour map. */
    private static List<LabelClass> foundClasses(Dataset<Row> labelled) {
        Map<Integer, List<String>> names = new TreeMap<>();
        labelled.select(explode(col(MasksSchema.CLASSES)).as("c"))
                .select("c.id", "c.name")
                .distinct()
                .collectAsList()
                .forEach(row -> names.computeIfAbsent(row.getInt(0), id -> new ArrayList<>())
                        .add(row.getString(1)));
        names.forEach((id, ofId) -> {
            if (ofId.size() > 1) {
                throw new BadInputException(
                        "class %d is %s: the masks are of models with different classes; choose one with --where, for example --where \"model = '…'\""
                                .formatted(
                                        id,
                                        ofId.stream()
                                                .sorted()
                                                .map(name -> "'" + name + "'")
                                                .collect(Collectors.joining(" and "))));
            }
        });
        return names.entrySet().stream()
                .map(entry -> new LabelClass(entry.getKey(), entry.getValue().get(0), Palettes.voc(entry.getKey())))
                .toList();
    }

    private Configuration configuration() {
        return spark.sparkContext().hadoopConfiguration();
    }
}
