package io.fcnspark.spark.export;

import java.util.List;

/**
 * What an export wrote.
 *
 * @param images with their masks
 * @param withoutMask images that were chosen but have no mask, since they could not be read
 * @param missing images that could not be copied; their labels are in the export
 * @param output folder
 * @param documents files over all images, below the folder
 */
public record ExportReport(long images, long withoutMask, long missing, String output, List<String> documents) {
    public ExportReport {
        documents = List.copyOf(documents);
    }
}
