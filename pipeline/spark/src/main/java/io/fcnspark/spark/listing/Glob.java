package io.fcnspark.spark.listing;

import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.StoredFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What matches a glob, in the syntax of Hadoop's, whose own gives up at a name with a colon. Names that begin with a dot or an
 * underscore, by custom not data, do not match at the end of a path.
 */
record Glob(Path pattern, Configuration configuration) {
    /** What exists and matches, in the order of the paths. */
    Collection<FileStatus> matches() throws IOException {
        FileSystem fileSystem = HadoopPaths.fileSystem(pattern, configuration);
        Path absolute = fileSystem.makeQualified(pattern);
        Map<Path, FileStatus> matches = new TreeMap<>();
        for (String path : GlobExpander.expand(absolute.toUri().getPath())) {
            List<FileStatus> found = List.of(fileSystem.getFileStatus(new Path(absolute, Path.SEPARATOR)));
            for (String name : path.substring(1).split(Path.SEPARATOR, -1)) {
                found = step(found, name);
            }
            found.stream()
                    .filter(status -> !HadoopPaths.isHidden(status.getPath().getName()))
                    .forEach(status -> matches.put(status.getPath(), status));
        }
        return matches.values();
    }

    private List<FileStatus> step(List<FileStatus> folders, String name) throws IOException {
        GlobPattern glob = new GlobPattern(name);
        List<FileStatus> found = new ArrayList<>();
        for (FileStatus folder : folders) {
            if (folder.isDirectory() && glob.hasWildcard()) {
                addMatches(folder.getPath(), glob, found);
            } else if (folder.isDirectory()) {
                try {
                    found.add(StoredFiles.status(
                            HadoopPaths.below(folder.getPath(), name.replaceAll("\\\\(.)", "$1")), configuration));
                } catch (FileNotFoundException e) {
                    // No match.
                }
            }
        }
        return found;
    }

    private void addMatches(Path folder, GlobPattern glob, List<FileStatus> found) throws IOException {
        RemoteIterator<FileStatus> statuses = StoredFiles.list(folder, configuration);
        while (statuses.hasNext()) {
            FileStatus status = statuses.next();
            if (glob.matches(status.getPath().getName())) {
                found.add(status);
            }
        }
    }
}
