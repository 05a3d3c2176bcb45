package io.fcnspark.spark.report;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Checked;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.report.GalleryImage;
import io.fcnspark.report.HtmlReport;
import io.fcnspark.report.ReportData;
import io.fcnspark.report.Totals;
import io.fcnspark.spark.listing.TruthFiles;
import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.scheduling.NamedJobs;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StorageUris;
import io.fcnspark.spark.tables.MaskTable;
import io.fcnspark.spark.tables.MasksSchema;
import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a page about the rows of an output: how good the masks are, run by run and class by class, and pictures of some. Numbers
 * come from the table's columns; of the masks only those are decoded that are shown, and those that were labelled without truth
 * where truth is given now.
 */
public final class ReportMasks {
    /** Images in each gallery unless told otherwise. */
    public static final int DEFAULT_IMAGES = 12;

    /** With more, the page is slow to open and its pictures are small. */
    public static final int MOST_IMAGES = 1000;

    /** Seed of the intervals and of the random images. */
    public static final long DEFAULT_SEED = 1;

    private static final Setting MASKS = new Setting("masks");
    private static final Setting OUTPUT = new Setting("output");

    private final Supplier<SparkSession> session;
    private String masks;
    private String where;
    private Optional<GivenTruth> truth = Optional.empty();
    private Optional<ClassSet> classes = Optional.empty();
    private String output;
    private int images = DEFAULT_IMAGES;
    private long maxPixels = ImageDecoder.DEFAULT_MAX_PIXELS;
    private long seed = DEFAULT_SEED;

    private record GivenTruth(String root, LabelConvention convention) {}

    private ReportMasks(Supplier<SparkSession> session) {
        this.session = session;
    }

    /** What {@link io.fcnspark.spark.FcnActions#reportMasks} calls. */
    public static ReportMasks on(Supplier<SparkSession> session) {
        return new ReportMasks(session);
    }

    /** An output of a labelling run. */
    public ReportMasks masks(String uri) {
        this.masks = Checked.required(MASKS, uri);
        return this;
    }

    /** Rows to take, as a condition of Spark SQL over the columns of {@link MasksSchema}. Default: all. */
    public ReportMasks where(String condition) {
        this.where = Objects.requireNonNull(condition);
        return this;
    }

    /**
     * Folder of the truth, and how it is stored: for the pictures, for the scores of images that were labelled without, and for
     * names and colours of the classes. Default: none.
     */
    public ReportMasks truth(String root, LabelConvention convention) {
        this.truth = Optional.of(new GivenTruth(root, convention));
        return classes(convention.classes());
    }

    /** Names and colours of the classes. Default: names as in the table, colours of VOC. */
    public ReportMasks classes(ClassSet classSet) {
        this.classes = Optional.of(classSet);
        return this;
    }

    /**
     * Names and colours of the classes as a model has them.
     *
     * @throws ModelException if there is no such bundle
     */
    public ReportMasks classesOf(String modelBundle) {
        return classes(
                LocalModel.classes(modelBundle, session.get().sparkContext().hadoopConfiguration()));
    }

    /** Images in each gallery, 0 to {@value #MOST_IMAGES}. Default: {@value #DEFAULT_IMAGES}. */
    public ReportMasks images(int perGallery) {
        this.images = Math.toIntExact(Checked.within(new Setting("images"), 0, MOST_IMAGES, perGallery));
        return this;
    }

    /** The HTML file, on any Hadoop file system, in a folder that is made if need be; a file that exists is replaced. */
    public ReportMasks output(String uri) {
        this.output = Checked.required(OUTPUT, uri);
        return this;
    }

    /** Images and truth with more pixels are not shown. Default: as for labelling. */
    public ReportMasks maxPixels(long pixels) {
        this.maxPixels = Checked.within(new Setting("maxPixels"), 1, ImageDecoder.LARGEST_MAX_PIXELS, pixels);
        return this;
    }

    /** Seed of the intervals and of the random images. Default: {@value #DEFAULT_SEED}. */
    public ReportMasks seed(long value) {
        this.seed = value;
        return this;
    }

    /**
     * Writes the report.
     *
     * @return what it holds
     * @throws io.fcnspark.errors.SettingException if masks or output are not set
     * @throws BadInputException if masks or truth cannot be used
     * @throws OutputException if the file cannot be written
     * @throws io.fcnspark.errors.StorageException if the storage failed
     */
    public ReportResult execute() {
        return StorageFaults.named(this::run);
    }

    private ReportResult run() {
        Checked.required(MASKS, masks);
        Checked.required(OUTPUT, output);
        StorageUris.requireNoCredentials(Stream.concat(Stream.of(masks, output), truth.map(GivenTruth::root).stream())
                .toList());
        Path file = HadoopPaths.of(output);
        RemoteFolder folder = folder(file);
        try (NamedJobs jobs = NamedJobs.begin(session.get().sparkContext(), "fcn report")) {
            jobs.describe("read masks");
            return report(folder, file.getName());
        }
    }

    private WrittenReport report(RemoteFolder folder, String name) {
        MaskTable table = MaskTable.at(session.get(), masks);
        if (!table.exists()) {
            throw new BadInputException(
                    MASKS, "%s holds no table of masks: expected the output of a labelling run".formatted(masks));
        }
        Dataset<Row> rows = table.rowsWhere(where);
        Optional<Dataset<Row>> truths =
                truth.map(given -> ReportRows.truths(session.get(), rows, given.root(), given.convention())
                        .persist());
        Dataset<Row> facts = truths.map(
                        t -> ReportRows.facts(rows, t, truth.orElseThrow().convention(), maxPixels))
                .orElseGet(() -> ReportRows.facts(rows))
                .persist();
        try {
            ReportData data = data(rows, truths, new ReportRows(facts));
            String html = HtmlReport.write(data);
            write(folder, name, html);
            return new WrittenReport(
                    output,
                    html.getBytes(StandardCharsets.UTF_8).length,
                    data.totals().rows(),
                    data.runs().size() + data.olderRuns(),
                    data.images().size());
        } finally {
            facts.unpersist();
            truths.ifPresent(Dataset::unpersist);
        }
    }

    private ReportData data(Dataset<Row> rows, Optional<Dataset<Row>> truths, ReportRows queries) {
        Totals totals = queries.totals();
        if (totals.rows() == 0) {
            throw new BadInputException(
                    where == null
                            ? "%s has no rows".formatted(masks)
                            : "%s has no rows for which %s".formatted(masks, where));
        }
        truths.ifPresent(t -> TruthFiles.requireAny(
                t, truth.orElseThrow().root(), truth.orElseThrow().convention()));
        ClassesInMasks inMasks = queries.classes();
        ClassSet classSet = inMasks.named(classes, masks);
        ReportRuns runs = queries.runs();
        return new ReportData(
                masks,
                Optional.ofNullable(where),
                Instant.now(),
                classSet,
                totals,
                queries.evaluation(
                        classSet.size(), truth.map(given -> TruthFiles.root(session.get(), given.root())), seed),
                inMasks.predicted(),
                runs.last(),
                runs.older(),
                queries.rejects(),
                gallery(rows, queries, classSet));
    }

    private List<GalleryImage> gallery(Dataset<Row> rows, ReportRows queries, ClassSet classSet) {
        ChosenImages chosen = queries.choose(images, classSet.size(), seed);
        return chosen.isEmpty()
                ? List.of()
                : GalleryPictures.of(rows, chosen, classSet, truth.map(GivenTruth::convention), maxPixels);
    }

    private void write(RemoteFolder folder, String name, String html) {
        try {
            folder.putText(html, name);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /**
     * The folder of the file.
     *
     * @throws OutputException if the file cannot be written, as far as that can be seen without writing
     */
    private RemoteFolder folder(Path file) {
        try {
            FileSystem fileSystem = HadoopPaths.fileSystem(file, configuration());
            Path absolute = fileSystem.makeQualified(file);
            if (output.endsWith("/") || absolute.isRoot() || isFolder(fileSystem, absolute)) {
                throw new OutputException(OUTPUT, "report %s is a folder: name a file in it".formatted(output));
            }
            RemoteFolder folder = RemoteFolder.of(absolute.getParent().toString(), configuration());
            folder.requireWritable();
            return folder;
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    private static boolean isFolder(FileSystem fileSystem, Path path) throws IOException {
        return fileSystem.exists(path) && fileSystem.getFileStatus(path).isDirectory();
    }

    private OutputException notWritable(IOException e) {
        return new OutputException(
                OUTPUT, "report %s cannot be written: %s".formatted(output, HadoopPaths.reason(e)), e);
    }

    private Configuration configuration() {
        return session.get().sparkContext().hadoopConfiguration();
    }
}
