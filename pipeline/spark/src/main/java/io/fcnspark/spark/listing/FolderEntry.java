package io.fcnspark.spark.listing;

import io.fcnspark.labelling.ImageFile;
import java.io.Serializable;

/** What lies directly in a folder. */
record FolderEntry(ImageFile file, Kind kind) implements Serializable {
    enum Kind {
        FOLDER,
        IMAGE,
        SHARD,
        /** A file that is neither, to go by its ending. */
        OTHER
    }
}
