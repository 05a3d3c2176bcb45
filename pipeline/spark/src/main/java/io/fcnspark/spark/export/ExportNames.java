package io.fcnspark.spark.export;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_replace;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.labelling.EntryName;
import io.fcnspark.spark.tables.MasksSchema;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Names of images below the folder that all have in common.
 *
 * @param folder with the slash at its end; may be empty
 */
record ExportNames(String folder) implements Serializable {
    private static final Setting WHERE = new Setting("where");

    /** Whatever lies, in the order of text, between two images begins with what both begin with. */
    static ExportNames between(String first, String last) {
        int common = 0;
        while (common < Math.min(first.length(), last.length()) && first.charAt(common) == last.charAt(common)) {
            common++;
        }
        return new ExportNames(first.substring(0, first.lastIndexOf('/', common - 1) + 1));
    }

    /** The path of an image below the folder. */
    String of(String image) {
        return image.substring(folder.length()).replace(EntryName.SEPARATOR, "/");
    }

    /**
     * Requires that no name leads out of the export. Names of files do not, but what is in a shard may have any name.
     *
     * @param images a listing
     */
    static void requireInside(Dataset<Row> images) {
        List<Row> outside =
                images.filter(col(MasksSchema.IMAGE).rlike("(^|/)\\.\\.(/|$)")).takeAsList(1);
        if (!outside.isEmpty()) {
            throw new BadInputException(
                    WHERE,
                    "the name of %s leads out of the export: leave it out by a condition, for example \"image NOT LIKE '%%../%%'\""
                            .formatted(outside.get(0).<String>getAs(MasksSchema.IMAGE)));
        }
    }

    /**
     * Requires that no two images have names that differ in their ending alone: their labels would be one file.
     *
     * @param images a listing
     */
    void requireDistinct(Dataset<Row> images) {
        List<Row> same = images.groupBy(regexp_replace(col(MasksSchema.IMAGE), "(?<=[^/])\\.[^./]*$", ""))
                .agg(count(lit(1)).as("images"), min(MasksSchema.IMAGE), max(MasksSchema.IMAGE))
                .filter(col("images").gt(1))
                .takeAsList(1);
        if (!same.isEmpty()) {
            throw new BadInputException(
                    WHERE,
                    "%s and %s differ in their ending alone, so that their labels would be one file: choose one of them by a condition"
                            .formatted(same.get(0).getString(2), same.get(0).getString(3)));
        }
    }

    /**
     * Requires that names can stand in a list that has one a line, in which tools take {@code #} for a comment and strip blanks.
     *
     * @param images a listing
     */
    void requireListable(Dataset<Row> images) {
        List<Row> odd = images.filter(col(MasksSchema.IMAGE)
                        .substr(folder.length() + 1, Integer.MAX_VALUE)
                        .rlike("^[#\\s]|[\\r\\n]|\\s(\\.[^./]*)?$"))
                .takeAsList(1);
        if (!odd.isEmpty()) {
            throw new BadInputException(
                    WHERE,
                    "'%s' cannot stand in this format's list of names, a line each: it has a line break, begins with # or a blank, or ends with one. Rename it, leave it out by a condition, or take coco-panoptic"
                            .formatted(odd.get(0).<String>getAs(MasksSchema.IMAGE)));
        }
    }
}
