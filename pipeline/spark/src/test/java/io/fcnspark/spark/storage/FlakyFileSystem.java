package io.fcnspark.spark.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under {@code flaky:} that cannot be opened some number of times, by the file's name, or not for a while. */
public final class FlakyFileSystem extends RawLocalFileSystem {
    public static final Map<String, Integer> FAILURES = new ConcurrentHashMap<>();

    /** So many more files can be opened; others wait. */
    public static final Semaphore OPENINGS = new Semaphore(Integer.MAX_VALUE);

    @Override
    public String getScheme() {
        return "flaky";
    }

    @Override
    public URI getUri() {
        return URI.create("flaky:///");
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        int left = FAILURES.merge(path.getName(), -1, Integer::sum);
        if (left >= 0) {
            throw new IOException("503 Slow Down");
        }
        OPENINGS.acquireUninterruptibly();
        return super.open(path, bufferSize);
    }
}
