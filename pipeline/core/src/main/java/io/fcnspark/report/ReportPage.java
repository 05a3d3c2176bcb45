package io.fcnspark.report;

import java.util.List;

/** What the template shows: texts, ready to be escaped and printed. Null where there is nothing to say. */
record ReportPage(
        String source,
        String where,
        String created,
        List<String> notes,
        List<Tile> tiles,
        boolean withTruth,
        String intervalNote,
        List<ClassRow> classes,
        List<ConfusionRow> confusion,
        List<Confused> confused,
        List<RunRow> runs,
        String olderRuns,
        List<Rejects> rejects,
        List<Tab> tabs,
        List<ClassRow> shownClasses,
        List<Card> cards) {

    /** One number. {@code low} and {@code high} are percentages for a strip, as CSS has them. */
    record Tile(String label, String value, String detail, String low, String width, String at) {}

    record ClassRow(
            int id,
            String name,
            String colour,
            String iou,
            String iouInterval,
            String accuracy,
            String accuracyInterval,
            String truthShare,
            String maskShare,
            String confidence,
            String images) {}

    /** What became of the pixels of a class, in percent of them; empty for none. */
    record ConfusionRow(String name, String colour, String pixels, List<String> shares) {}

    /** Pixels of one class that were given another. */
    record Confused(
            String truth, String truthColour, String predicted, String predictedColour, String share, String pixels) {}

    record RunRow(
            String date,
            String id,
            String time,
            String labelled,
            String rejected,
            String confidence,
            String iou,
            String imagesWithTruth,
            String models,
            String engines) {}

    record Tab(String id, String title, String explanation, int images) {}

    record Card(
            int number,
            String name,
            String image,
            String size,
            String model,
            String run,
            String iou,
            String pixelAccuracy,
            String confidence,
            String entropy,
            String worst,
            String uncertain,
            String random,
            String ious,
            List<String> problems,
            List<Layer> layers,
            int width,
            int height,
            List<CardClass> classes) {}

    /** A picture of a card; {@code source} is null where it cannot be had, and {@code text} then says why. */
    record Layer(String id, String title, String source, String text) {}

    record CardClass(String name, String colour, String iou, String truth, String mask) {}
}
