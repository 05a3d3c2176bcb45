package io.fcnspark.spark.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.OutputException;
import io.fcnspark.spark.SharedSpark;
import io.fcnspark.spark.storage.OutputLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.Seq;

/** Commits of runs that have lost their output, or that took one over. */
@Timeout(120)
class LeasedAppendTest {
    private static final StructType SCHEMA =
            new StructType().add("day", DataTypes.StringType).add("number", DataTypes.IntegerType);
    private static final TableLayout LAYOUT = new TableLayout("masks", "", SCHEMA, List.of("day"), List.of());
    private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";

    private static final SparkSession SPARK = SharedSpark.session();

    @TempDir
    private static Path warehouse;

    @TempDir
    private Path output;

    private String table;

    @BeforeEach
    void catalog() {
        SPARK.conf().set("spark.sql.catalog.leased", "org.apache.iceberg.spark.SparkCatalog");
        SPARK.conf().set("spark.sql.catalog.leased.type", "hadoop");
        SPARK.conf().set("spark.sql.catalog.leased.warehouse", warehouse.toUri().toString());
        table = "leased.db.t" + UUID.randomUUID().toString().replace("-", "");
    }

    private RowStore store(String kind) {
        RowStore store = RowStores.of(
                SPARK, kind.equals("folder") ? output.resolve("out").toString() : table, LAYOUT);
        store.prepare();
        return store;
    }

    private static OutputLease lease(RowStore store) {
        return OutputLease.acquire(SPARK.sparkContext().hadoopConfiguration(), store.claims(), "test");
    }

    private static Dataset<Row> rows(Integer... numbers) {
        return rows(() -> {}, numbers);
    }

    private static Dataset<Row> rows(Event event, Integer... numbers) {
        return SPARK.createDataFrame(
                new JavaSparkContext(SPARK.sparkContext())
                        .parallelize(List.of(numbers), 2)
                        .map(number -> {
                            event.happens();
                            return RowFactory.create("2026-01-31", number);
                        }),
                SCHEMA);
    }

    private interface Event extends java.io.Serializable {
        void happens() throws Exception;
    }

    private static List<Integer> numbers(RowStore store) {
        return store.rows().select("number").as(Encoders.INT()).collectAsList().stream()
                .sorted()
                .toList();
    }

    /** What a run does that takes over. */
    private static void loseTitle(String claims) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(java.net.URI.create(claims).getPath(), "_runs"))) {
            for (Path title :
                    files.filter(file -> file.toString().endsWith(".held")).toList()) {
                Files.delete(title);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder", "table"})
    void whoHoldsTheLeaseAppendsAsOftenAsHeLikes(String kind) {
        RowStore store = store(kind);
        try (OutputLease lease = lease(store)) {
            store.append(rows(1, 2, 3), lease, store.version());
            store.append(rows(4), lease, store.version());
        }
        assertThat(numbers(store)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void whoeverLostItBeforeAWaveDoesNotBegin() throws IOException {
        for (String kind : List.of("folder", "table")) {
            RowStore store = store(kind);
            try (OutputLease lease = lease(store)) {
                loseTitle(store.claims());
                assertThatThrownBy(() -> store.append(rows(1), lease, store.version()))
                        .isInstanceOf(OutputException.class)
                        .hasMessageContaining("another run has taken over");
            }
            assertThat(numbers(store)).isEmpty();
        }
    }

    @Test
    void whoeverLostItInAWaveDoesNotCommitAndCleansUpNothing() throws IOException {
        RowStore store = store("folder");
        String claims = store.claims();
        Path masks = output.resolve("out/masks");
        String ofTheOther = masks.resolve("_temporary/7/task_of_the_other").toString();
        try (OutputLease lease = lease(store)) {
            Event takenOver = () -> {
                Files.createDirectories(Path.of(ofTheOther));
                loseTitle(claims);
            };
            assertThatThrownBy(() -> store.append(rows(takenOver, 1, 2), lease, store.version()))
                    .hasMessageContaining("another run has taken over");
        }
        assertThat(numbers(store)).isEmpty();
        assertThat(Path.of(ofTheOther)).exists();

        store.discardUncommitted();
        assertThat(masks.resolve("_temporary")).doesNotExist();
        assertThat(numbers(store)).isEmpty();
    }

    /** One after the other, on one snapshot: the second may be a run that was stopped right before it. */
    @Test
    void ofTwoThatAppendToOneVersionOfATableTheSecondFails() {
        RowStore store = store("table");
        String empty = store.version();
        try (OutputLease lease = lease(store)) {
            store.append(rows(1), lease, empty);
            assertThatThrownBy(() -> store.append(rows(1), lease, empty)).hasMessageContaining("added rows to table");
            String one = store.version();
            store.append(rows(2), lease, one);
            assertThatThrownBy(() -> store.append(rows(2), lease, one))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("run the same again");
            SPARK.sql("ALTER TABLE %s SET TBLPROPERTIES ('comment' = 'no rows')".formatted(table));
            store.append(rows(3), lease, store.version());
        }
        assertThat(numbers(store)).containsExactly(1, 2, 3);
        assertThat(SPARK.sql("SELECT DISTINCT operation FROM %s.snapshots".formatted(table))
                        .as(Encoders.STRING())
                        .collectAsList())
                .as("as streams and incremental queries want them")
                .containsExactly("append");
    }

    @Test
    void aCommitWhoseFilesVanishFails() {
        RowStore store = store("folder");
        String usual = SPARK.conf().get(PROTOCOL);
        SPARK.conf().set(PROTOCOL, Forgetful.class.getName());
        try (OutputLease lease = lease(store)) {
            assertThatThrownBy(() -> store.append(rows(1, 2), lease, store.version()))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("was not there after its commit");
        } finally {
            SPARK.conf().set(PROTOCOL, usual);
        }
    }

    /** A protocol whose files somebody else deletes. */
    public static final class Forgetful extends SQLHadoopMapReduceCommitProtocol {
        private static final long serialVersionUID = 1;

        private final String path;

        public Forgetful(String jobId, String path, boolean dynamicPartitionOverwrite) {
            super(jobId, path, dynamicPartitionOverwrite);
            this.path = path;
        }

        @Override
        public void commitJob(JobContext job, Seq<TaskCommitMessage> tasks) {
            super.commitJob(job, tasks);
            Path folder = Path.of(java.net.URI.create(path).getPath(), "day=2026-01-31");
            try (Stream<Path> files = Files.list(folder)) {
                Files.delete(files.filter(file -> file.toString().endsWith(".parquet"))
                        .findFirst()
                        .orElseThrow());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
