package io.fcnspark.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * What a reader finds in an output folder, read without Spark.
 *
 * @param masks the masks of each image, by the image's file name
 * @param strangers files that are neither hidden nor part of a table
 * @param unfinished files of commits that have not come to their end
 */
record LabelledOutput(Map<String, List<byte[]>> masks, List<Path> strangers, List<Path> unfinished) {
    /**
     * Reads an output.
     *
     * @param folder of the output; it may be absent
     */
    static LabelledOutput read(Path folder) throws IOException {
        Map<String, List<byte[]>> masks = new TreeMap<>();
        List<Path> strangers = new ArrayList<>();
        List<Path> unfinished = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            for (Path file : files(folder)) {
                Path within = folder.relativize(file);
                if (isHidden(within)) {
                    if (isOfTable(within) && within.getNameCount() > 2 && isHidden(within.getName(1))) {
                        unfinished.add(within);
                    }
                } else if (within.toString().matches("masks/run_date=[^/]+/part-[^/]+\\.parquet")) {
                    read(file, masks);
                } else if (!within.toString().matches("runs/part-[^/]+\\.parquet")) {
                    strangers.add(within);
                }
            }
        }
        return new LabelledOutput(masks, strangers, unfinished);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean isOfTable(Path path) {
        return path.startsWith("masks") || path.startsWith("runs");
    }

    /** By the custom of all that read tables. */
    private static boolean isHidden(Path path) {
        for (Path name : path) {
            if (name.toString().startsWith("_") || name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static void read(Path file, Map<String, List<byte[]>> masks) throws IOException {
        try (ParquetReader<Group> reader = ParquetReader.builder(
                        new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
                .withConf(new Configuration())
                .build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                String image = row.getString("image", 0);
                masks.computeIfAbsent(image.substring(image.lastIndexOf('/') + 1), name -> new ArrayList<>())
                        .add(row.getBinary("mask", 0).getBytes());
            }
        }
    }

    int rows() {
        return masks.values().stream().mapToInt(List::size).sum();
    }

    int images() {
        return masks.size();
    }

    /** Images whose every mask is, byte by byte, that of another output. */
    long equalMasks(LabelledOutput other) {
        return masks.entrySet().stream()
                .filter(entry -> other.masks.containsKey(entry.getKey()))
                .filter(entry -> entry.getValue().stream()
                        .allMatch(mask -> Arrays.equals(
                                mask, other.masks.get(entry.getKey()).get(0))))
                .count();
    }
}
