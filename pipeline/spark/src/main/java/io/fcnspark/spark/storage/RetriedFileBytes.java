package io.fcnspark.spark.storage;

import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.FileBytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a storage that fails now and then: what is not given is asked for again after a while. What is not there, or not
 * allowed, does not change so soon.
 *
 * @param delays before the second reading, before the third …
 */
public record RetriedFileBytes(FileBytes files, List<Duration> delays) implements FileBytes {
    private static final Logger LOG = LoggerFactory.getLogger(RetriedFileBytes.class);

    /** On top of what the storage's own client does: S3A, for one, retries for minutes. */
    private static final List<Duration> DELAYS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));

    public static RetriedFileBytes of(FileBytes files) {
        return new RetriedFileBytes(files, DELAYS);
    }

    @Override
    public byte[] read(String uri) throws IOException, ImageException {
        for (Duration delay : delays) {
            try {
                return files.read(uri);
            } catch (FileNotFoundException | AccessDeniedException | AccessControlException e) {
                throw e;
            } catch (IOException e) {
                LOG.debug("{} is read again in {}", uri, delay, e);
                sleep(delay);
            }
        }
        return files.read(uri);
    }

    private static void sleep(Duration delay) throws InterruptedIOException {
        try {
            Thread.sleep(delay.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before a file was read again");
        }
    }
}
