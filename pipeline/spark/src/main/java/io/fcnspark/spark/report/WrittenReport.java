package io.fcnspark.spark.report;

/** What a report holds, and where it is. */
record WrittenReport(String output, long bytes, long rows, long runs, int pictures) implements ReportResult {}
