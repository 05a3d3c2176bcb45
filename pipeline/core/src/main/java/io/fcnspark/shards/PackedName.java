package io.fcnspark.shards;

import io.fcnspark.image.ImageNames;
import java.io.Serializable;

/**
 * How files are named in a shard, such that each image is a sample of its own, with its truth.
 *
 * @param key the part that makes the sample: no dot in its last part
 * @param ending of the image, in lower case
 */
public record PackedName(String key, String ending) implements Serializable {
    /**
     * The name of a file.
     *
     * @param path of the file below the folder that is packed, with an ending. A dot within the file's name, which would end
     *     the key too early, becomes {@code %2E}, and a per cent sign {@code %25}
     */
    public static PackedName of(String path) {
        int name = path.lastIndexOf('/') + 1;
        int dot = path.lastIndexOf('.');
        String stem = dot < name ? path.substring(name) : path.substring(name, dot);
        String escaped = stem.replace("%", "%25").replace(".", "%2E");
        return new PackedName(path.substring(0, name) + escaped, dot < name ? "" : ImageNames.ending(path));
    }

    /** The same image under a key that another one of the same key, and another ending, does not have. */
    public PackedName apart() {
        return new PackedName(key + "%2E" + ending, ending);
    }

    /** The name of the image's entry. */
    public String image() {
        return key + "." + ending;
    }

    /**
     * The name of the entry of its truth.
     *
     * @param truth name of the truth's file, of which the ending stays
     */
    public String truth(String truth) {
        return key + ".seg." + ImageNames.ending(truth);
    }
}
