package io.fcnspark.spark.report;

import io.fcnspark.report.RunFacts;
import java.util.List;

/**
 * The runs that some rows come from.
 *
 * @param last the last ones, the oldest of them first
 * @param older number of those before
 */
record ReportRuns(List<RunFacts> last, long older) {}
