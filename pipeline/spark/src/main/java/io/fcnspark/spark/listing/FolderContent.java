package io.fcnspark.spark.listing;

import io.fcnspark.labelling.ImageFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What lies in folders beside images.
 *
 * @param folders their URIs
 */
record FolderContent(List<String> folders, List<ImageFile> shards, LeftOut leftOut) implements Serializable {
    static FolderContent of(Iterator<FolderEntry> entries) {
        List<String> folders = new ArrayList<>();
        List<ImageFile> shards = new ArrayList<>();
        LeftOut.Counter leftOut = new LeftOut.Counter();
        while (entries.hasNext()) {
            FolderEntry entry = entries.next();
            switch (entry.kind()) {
                case FOLDER -> folders.add(entry.file().uri());
                case SHARD -> shards.add(entry.file());
                case OTHER -> leftOut.add(entry.file().uri());
                case IMAGE -> {}
            }
        }
        return new FolderContent(folders, shards, leftOut.count());
    }

    FolderContent plus(FolderContent other) {
        List<String> allFolders = new ArrayList<>(folders);
        allFolders.addAll(other.folders);
        List<ImageFile> allShards = new ArrayList<>(shards);
        allShards.addAll(other.shards);
        return new FolderContent(allFolders, allShards, leftOut.plus(other.leftOut));
    }
}
