package io.fcnspark.spark.report;

import io.fcnspark.report.Gallery;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * Rows that galleries show.
 *
 * @param rows of the facts, each once, by {@link #KEY}
 * @param ranks place in each gallery, by the key of the row
 */
record ChosenImages(Map<String, Row> rows, Map<String, Map<Gallery, Integer>> ranks) {
    /** Column that tells all rows apart. */
    static final String KEY = "row_key";

    static ChosenImages none() {
        return new ChosenImages(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** Adds a gallery, the first row first. */
    ChosenImages with(Gallery gallery, List<Row> chosen) {
        for (int i = 0; i < chosen.size(); i++) {
            String key = chosen.get(i).getAs(KEY);
            rows.putIfAbsent(key, chosen.get(i));
            ranks.computeIfAbsent(key, k -> new EnumMap<>(Gallery.class)).put(gallery, i);
        }
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }
}
