package io.fcnspark.spark.export;

import java.util.List;

/** What an export wrote. */
public interface ExportResult {
    /** Images, with their masks. */
    long images();

    /** Images that were chosen but have no mask, since they could not be read. */
    long withoutMask();

    /** Images that could not be copied; their labels are in the export. */
    long missing();

    /** The folder. */
    String output();

    /** Files over all images, below the folder. */
    List<String> documents();
}
