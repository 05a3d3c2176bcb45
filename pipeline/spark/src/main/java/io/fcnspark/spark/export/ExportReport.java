package io.fcnspark.spark.export;

import java.util.List;

/** What an export wrote. */
record ExportReport(long images, long withoutMask, long missing, String output, List<String> documents)
        implements ExportResult {
    ExportReport {
        documents = List.copyOf(documents);
    }
}
