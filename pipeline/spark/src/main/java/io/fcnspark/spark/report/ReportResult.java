package io.fcnspark.spark.report;

/** What a report holds, and where it is. */
public interface ReportResult {
    /** URI of the HTML file. */
    String output();

    /** Bytes of the file. */
    long bytes();

    /** Labelled or rejected images that it is about. */
    long rows();

    /** Runs that they come from. */
    long runs();

    /** Images that it shows. */
    int pictures();
}
