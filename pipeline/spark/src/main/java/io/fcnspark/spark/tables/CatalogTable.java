package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.OutputLease;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.V1Table;
import org.apache.spark.sql.execution.datasources.v2.V2SessionCatalog;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Rows in a table of a catalog, such as one of Iceberg's. A commit is what the table's format makes of it: there, a snapshot. */
final class CatalogTable implements RowStore {
    private static final Setting OUTPUT = new Setting("output");

    /** A property of Iceberg's tables. */
    private static final String SNAPSHOT = "current-snapshot-id";

    /** Its value while a table is empty. */
    private static final String NO_SNAPSHOT = "none";

    private final SparkSession spark;
    private final TableName name;
    private final TableLayout layout;

    /**
     * A table that need not exist yet.
     *
     * @throws BadInputException if its catalog does not exist, or has no tables that can be appended to at once
     */
    CatalogTable(SparkSession spark, TableName name, TableLayout layout) {
        this.spark = spark;
        this.name = name;
        this.layout = layout;
        String setting = "spark.sql.catalog." + name.catalog();
        if (!spark.conf().contains(setting) && !name.catalog().equals("spark_catalog")) {
            throw new BadInputException(
                    "%s is the name of a table, but Spark knows no catalog '%s': set %s, or write ./%s for a folder of that name"
                            .formatted(name, name.catalog(), setting, name));
        }
        if (catalog() instanceof V2SessionCatalog) {
            throw withoutCommits(name);
        }
    }

    /** Tables of Hive's kind: what is appended appears file by file. */
    private static BadInputException withoutCommits(TableName name) {
        return new BadInputException(
                "%s would be a table of Spark's own or of Hive, to which no run can commit at once: give a table in a catalog of Iceberg or Delta (conf/README.md, Tables of a catalog), or a folder"
                        .formatted(name));
    }

    @Override
    public boolean exists() {
        return catalog().tableExists(identifier());
    }

    @Override
    public String location() {
        return name.toString();
    }

    @Override
    public Dataset<Row> rows() {
        if (!exists()) {
            return spark.createDataFrame(List.of(), layout.schema());
        }
        refresh();
        StructType found = requireColumns(load());
        return spark.table(name.quoted())
                .select(Stream.of(layout.schema().fields())
                        .map(field -> has(found, field)
                                ? functions.col(field.name())
                                : functions.lit(null).cast(field.dataType()).as(field.name()))
                        .toArray(Column[]::new));
    }

    private void refresh() {
        // Catalogs remember tables: another run may have written since.
        spark.sql("REFRESH TABLE " + name.quoted());
    }

    @Override
    public void requireWritable() {
        if (exists()) {
            requireColumns(load());
        }
    }

    @Override
    public void prepare() {
        if (!exists()) {
            create();
        }
        addColumns(requireColumns(load()));
    }

    /** Those that tables of earlier versions lack. */
    private void addColumns(StructType found) {
        for (StructField field : layout.schema().fields()) {
            if (!has(found, field)) {
                spark.sql("ALTER TABLE %s ADD COLUMNS (%s)".formatted(name.quoted(), field.toDDL()));
            }
        }
    }

    private void create() {
        String partitions = layout.partitionedBy().isEmpty()
                ? ""
                : " PARTITIONED BY (%s)".formatted(String.join(", ", layout.partitionedBy()));
        try {
            // Of two runs that do so at once one makes it.
            spark.sql("CREATE TABLE IF NOT EXISTS %s (%s)%s"
                    .formatted(name.quoted(), layout.schema().toDDL(), partitions));
        } catch (Exception e) {
            throw new OutputException(
                    OUTPUT, "output %s cannot be created: %s".formatted(name, HadoopPaths.reason(e)), e);
        }
        if (load() instanceof V1Table) {
            // The catalog in place of Spark's own left it to that one.
            spark.sql("DROP TABLE " + name.quoted());
            throw withoutCommits(name);
        }
    }

    /** Returns the columns that there are. */
    private StructType requireColumns(Table table) {
        if (table instanceof V1Table) {
            throw withoutCommits(name);
        }
        StructType found = CatalogV2Util.v2ColumnsToStructType(table.columns());
        String missing = Stream.of(layout.schema().fields())
                .filter(field -> !has(found, field) && !layout.addedLater().contains(field.name()))
                .map(field -> field.name() + " " + field.dataType().sql())
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new BadInputException(
                    "table %s cannot be used, for it lacks columns or has them of other types: expected %s"
                            .formatted(name, missing));
        }
        return found;
    }

    /** Whether there is such a column; nulls may be allowed where there will be none. */
    private static boolean has(StructType found, StructField wanted) {
        return Arrays.stream(found.fields())
                .anyMatch(field -> field.name().equals(wanted.name())
                        && field.dataType()
                                .catalogString()
                                .equals(wanted.dataType().catalogString()));
    }

    @Override
    public String claims() {
        String location = load().properties().get(TableCatalog.PROP_LOCATION);
        if (location == null) {
            throw new OutputException(
                    OUTPUT,
                    "table %s has no location in a file system, where runs would see that they are two: choose another output"
                            .formatted(name));
        }
        try {
            HadoopPaths.fileSystem(new Path(location), spark.sparkContext().hadoopConfiguration());
        } catch (IOException e) {
            throw new OutputException(
                    OUTPUT,
                    "table %s is at %s, where runs claim it, but Hadoop cannot go there (%s): for s3:// set spark.hadoop.fs.s3.impl to org.apache.hadoop.fs.s3a.S3AFileSystem"
                            .formatted(name, location, HadoopPaths.reason(e)),
                    e);
        }
        return location;
    }

    @Override
    public String version() {
        refresh();
        Map<String, String> properties = load().properties();
        return "iceberg".equalsIgnoreCase(properties.get(TableCatalog.PROP_PROVIDER))
                ? properties.getOrDefault(SNAPSHOT, NO_SNAPSHOT)
                : "";
    }

    @Override
    public void append(Dataset<Row> rows) {
        append(writer(rows));
    }

    @Override
    public void append(Dataset<Row> rows, OutputLease lease, String version) {
        lease.requireHeld();
        if (version.isEmpty()) {
            append(writer(rows));
            return;
        }
        // An overwrite that replaces nothing: an append that Iceberg checks, at its commit and again whenever it tries
        // anew,
        // for rows that have come since the snapshot.
        DataFrameWriterV2<Row> writer = writer(rows).option("isolation-level", "serializable");
        if (!version.equals(NO_SNAPSHOT)) {
            writer.option("validate-from-snapshot-id", version);
        }
        try {
            writer.overwrite(functions.lit(false));
        } catch (NoSuchTableException e) {
            throw dropped(e);
        } catch (RuntimeException e) {
            if (!isConflict(e) || lease.isLost()) {
                throw e;
            }
            throw new OutputException(
                    "somebody else has added rows to table %s while this run computed a wave, which may be of the same images. That wave is not committed: run the same again"
                            .formatted(name),
                    e);
        }
    }

    private static boolean isConflict(Throwable failure) {
        return failure != null
                && (failure.getClass().getName().equals("org.apache.iceberg.exceptions.ValidationException")
                        || isConflict(failure.getCause()));
    }

    private DataFrameWriterV2<Row> writer(Dataset<Row> rows) {
        // For Iceberg: rows of a run are of one partition, so that it need neither shuffle nor sort them.
        return rows.select(allColumns())
                .writeTo(name.quoted())
                .option("distribution-mode", "none")
                .option("fanout-enabled", "true");
    }

    private void append(DataFrameWriterV2<Row> writer) {
        try {
            writer.append();
        } catch (NoSuchTableException e) {
            throw dropped(e);
        }
    }

    private BadInputException dropped(NoSuchTableException e) {
        return new BadInputException("table %s was dropped while this run was writing to it".formatted(name), e);
    }

    /** Those of the table, which may be more than the rows have: Spark leaves none out. */
    private Column[] allColumns() {
        List<String> ours = List.of(layout.schema().fieldNames());
        return Stream.of(CatalogV2Util.v2ColumnsToStructType(load().columns()).fields())
                .map(field -> ours.contains(field.name())
                        ? functions.col(field.name())
                        : functions.lit(null).cast(field.dataType()).as(field.name()))
                .toArray(Column[]::new);
    }

    @Override
    public void discardUncommitted() {
        // Nobody sees such files, and the table's own maintenance removes them.
    }

    private Table load() {
        try {
            return catalog().loadTable(identifier());
        } catch (NoSuchTableException e) {
            throw new BadInputException("there is no table %s".formatted(name), e);
        }
    }

    private TableCatalog catalog() {
        CatalogPlugin plugin = spark.sessionState().catalogManager().catalog(name.catalog());
        if (plugin instanceof TableCatalog catalog) {
            return catalog;
        }
        throw new BadInputException(
                "catalog '%s' has no tables: choose another catalog, or a folder".formatted(name.catalog()));
    }

    private Identifier identifier() {
        return Identifier.of(name.namespace().toArray(String[]::new), name.table());
    }
}
