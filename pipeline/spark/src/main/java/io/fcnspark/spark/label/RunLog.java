package io.fcnspark.spark.label;

import io.fcnspark.errors.FcnException;
import io.fcnspark.spark.tables.RunRecord;
import io.fcnspark.spark.tables.RunRecord.Computation;
import io.fcnspark.spark.tables.RunRecord.Counts;
import io.fcnspark.spark.tables.RunRecord.Status;
import io.fcnspark.spark.tables.RunTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a run down in the table {@code runs} when it is over. A run that was killed has no row there: while it ran, its claim to the
 * output said that it did.
 */
final class RunLog {
    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);
    private static final int LONGEST_ERROR = 500;

    private final SparkSession spark;
    private final RunTable table;
    private final RunColumns run;
    private final String device;
    private final Map<String, String> options;
    private final Instant started = Instant.now();

    /**
     * A run that begins now.
     *
     * @param options that it was given, without secrets
     */
    RunLog(SparkSession spark, RunTable table, RunColumns run, String device, Map<String, String> options) {
        this.spark = spark;
        this.table = table;
        this.run = run;
        this.device = device;
        this.options = options;
    }

    /** The run came to its end. */
    void ended(LabelReport report, double maxRejectRate) {
        Counts counts = new Counts(
                report.images(),
                report.labelled(),
                report.rejected(),
                report.rejectsByCode(),
                report.skipped(),
                report.unavailable(),
                report.leftOutByEnding(),
                report.imagesPerSecond());
        Status status = report.rejectRate() > maxRejectRate ? Status.OVER_REJECT_RATE : Status.DONE;
        table.append(record(status, Optional.empty(), Optional.of(counts), report));
    }

    /** The run failed. That its record cannot be written either, where the storage is at fault, adds nothing. */
    void failed(Exception failure) {
        try {
            table.append(record(Status.FAILED, Optional.of(reason(failure)), Optional.empty(), null));
        } catch (Exception e) {
            LOG.warn("the failed run cannot be written to {}: {}", table.location(), e.toString());
            failure.addSuppressed(e);
        }
    }

    private RunRecord record(Status status, Optional<String> error, Optional<Counts> counts, LabelReport report) {
        return new RunRecord(
                run.runId(),
                run.runDate(),
                started,
                Instant.now(),
                status,
                error,
                counts,
                new Computation(run.model(), run.engine(), run.precision(), device),
                Optional.ofNullable(report).flatMap(LabelReport::metrics),
                versions(),
                spark.sparkContext().applicationId(),
                options);
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new HashMap<>();
        versions.put("spark", spark.version());
        versions.put("java", Runtime.version().toString());
        // As the manifest of the application jar has it.
        Optional.ofNullable(RunLog.class.getPackage().getImplementationVersion())
                .ifPresent(version -> versions.put("fcn-spark", version));
        return versions;
    }

    /** One line: that of the innermost message for a user, if there is one. Spark adds whole stack traces to its own. */
    private static String reason(Exception failure) {
        String reason = failure.toString();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof FcnException) {
                reason = t.getMessage();
            }
        }
        String line = reason.lines().findFirst().orElse(reason);
        return line.length() > LONGEST_ERROR ? line.substring(0, LONGEST_ERROR) + " …" : line;
    }
}
