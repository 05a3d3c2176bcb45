package io.fcnspark.jobs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system, which stops at one step of a commit to a folder {@code masks} or to a table of Iceberg's, says so in a
 * file, and waits for the process to be killed, or for another file. A driver and its executors load it in the place of Hadoop's
 * own.
 */
public final class HeldCommits extends LocalFileSystem {
    /** Setting: the file that is written when the step is reached. */
    static final String REACHED = "fs.held.reached";

    /** Setting: the file for which it waits; optional. */
    static final String UNTIL = "fs.held.until";

    /** Setting: the steps to let through before, of the kind that {@link #KIND} names. */
    static final String LET_THROUGH = "fs.held.let-through";

    /** Setting: {@code rename} of something to its final place, {@code success}, the file that is written at the end, or {@code metadata}, a file of Iceberg's that a commit points to. */
    static final String KIND = "fs.held.kind";

    private static final AtomicInteger STEPS = new AtomicInteger();

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        if (to.toString().contains("/masks/run_date=") && !to.toString().contains("/_temporary/")) {
            step("rename");
        }
        return super.rename(from, to);
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        if (file.getName().equals("_SUCCESS")) {
            step("success");
        } else if (file.getName().endsWith(".metadata.json")) {
            step("metadata");
        }
        return super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    }

    private void step(String kind) throws IOException {
        if (!kind.equals(getConf().get(KIND))
                || STEPS.getAndIncrement() < getConf().getInt(LET_THROUGH, 0)) {
            return;
        }
        Files.writeString(java.nio.file.Path.of(getConf().get(REACHED)), kind);
        String until = getConf().get(UNTIL);
        try {
            while (until == null || !Files.exists(java.nio.file.Path.of(until))) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted at a step of a commit");
        }
    }
}
