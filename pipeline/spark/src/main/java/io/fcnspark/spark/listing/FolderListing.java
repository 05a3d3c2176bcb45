package io.fcnspark.spark.listing;

import io.fcnspark.errors.FcnException;
import io.fcnspark.errors.Setting;
import io.fcnspark.image.ImageNames;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.spark.listing.FolderEntry.Kind;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.StorageFaults;
import io.fcnspark.spark.storage.StoredFiles;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What lies directly in a folder, read page by page: a folder of millions of files takes no memory.
 * Names that begin with a dot or an underscore, by custom not data, are left out.
 */
final class FolderListing {
    private final Path folder;
    private final Configuration configuration;

    FolderListing(String folder, Configuration configuration) {
        this.folder = new Path(folder);
        this.configuration = configuration;
    }

    /**
     * Begins to list.
     *
     * @throws FcnException there and while it is read, if the storage does not list the folder
     */
    Iterator<FolderEntry> entries() {
        try {
            return new Entries(StoredFiles.list(folder, configuration));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static Kind kind(FileStatus status, String name) {
        if (status.isDirectory()) {
            return Kind.FOLDER;
        }
        if (ImageNames.isImage(name)) {
            return Kind.IMAGE;
        }
        return ShardFormat.of(name).isPresent() ? Kind.SHARD : Kind.OTHER;
    }

    private FcnException failure(IOException e) {
        return StorageFaults.unreadable(
                new Setting("inputs"), "folder %s cannot be listed: %s".formatted(folder, HadoopPaths.reason(e)), e);
    }

    private final class Entries implements Iterator<FolderEntry> {
        private final RemoteIterator<FileStatus> statuses;
        private FolderEntry next;

        Entries(RemoteIterator<FileStatus> statuses) {
            this.statuses = statuses;
            this.next = advance();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public FolderEntry next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            FolderEntry current = next;
            next = advance();
            return current;
        }

        private FolderEntry advance() {
            try {
                while (statuses.hasNext()) {
                    FileStatus status = statuses.next();
                    String name = status.getPath().getName();
                    if (!HadoopPaths.isHidden(name)) {
                        return new FolderEntry(HadoopPaths.imageFile(status), kind(status, name));
                    }
                }
                return null;
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }
}
