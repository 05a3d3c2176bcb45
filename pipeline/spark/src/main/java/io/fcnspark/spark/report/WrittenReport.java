package io.fcnspark.spark.report;

/**
 * What a report holds, and where it is.
 *
 * @param output URI of the HTML file
 * @param bytes of the file
 * @param rows labelled or rejected images that it is about
 * @param runs that they come from
 * @param pictures images that it shows
 */
public record WrittenReport(String output, long bytes, long rows, long runs, int pictures) {}
