package io.fcnspark.spark.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.errors.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to an output, which one run has at a time.
 *
 * <p>Each run that wants it writes a claim, a file of its own in the folder {@value #FOLDER} of the output, rewrites it every five
 * seconds, and lists the folder. It has the lease when a listing shows no other claim: file systems
 * and S3 list what has been written, so of two that claim at once one at least sees the other, and the one with the later name
 * steps back. A claim that does not change for half a minute, by the clock of whoever watches it, belongs to a run that was
 * killed, and is taken over.
 */
public final class OutputLease implements AutoCloseable {
    static final String FOLDER = "_runs";

    /**
     * @param heartbeat how often an owner rewrites its claim
     * @param patience for how long it may miss to
     */
    record Pace(Duration heartbeat, Duration patience) {
        static final Pace USUAL = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutputLease.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** After Spark has stopped its jobs (50) and before Hadoop closes its file systems (10). */
    private static final int SHUTDOWN_PRIORITY = 20;

    /** How an output was found. */
    public enum Origin {
        /** No run had it. */
        FREE,
        /** A run that was killed had it: what it did not commit may lie about. */
        TAKEN_OVER
    }

    private final FileSystem fileSystem;
    private final Path folder;
    private final Path claim;
    private final Pace pace;
    private final ObjectNode content;
    private final Thread onShutdown = new Thread(this::close, "fcn-output-lease-release");
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "fcn-output-lease");
        thread.setDaemon(true);
        return thread;
    });

    private ScheduledFuture<?> beating;
    private Origin origin = Origin.FREE;
    private State state = State.STEPPED_BACK;
    private long lastBeat;

    private enum State {
        CLAIMED,
        STEPPED_BACK,
        LOST
    }

    private OutputLease(FileSystem fileSystem, Path output, String runId, Pace pace) {
        this.pace = pace;
        this.fileSystem = fileSystem;
        this.folder = new Path(output, FOLDER);
        this.claim = new Path(folder, UUID.randomUUID() + ".json");
        this.content = JSON.createObjectNode()
                .put("run_id", runId)
                .put("user", System.getProperty("user.name"))
                .put("host", host())
                .put("process", ProcessHandle.current().pid())
                .put("since", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown host";
        }
    }

    /**
     * Takes the lease. Where a run was killed shortly before, that takes half a minute.
     *
     * @param output folder of the output; it is made if there is none
     * @param runId for those who come later
     * @throws BadInputException if another run has it, or if the output cannot be written
     */
    public static OutputLease acquire(Configuration configuration, String output, String runId) {
        return acquire(configuration, output, runId, Pace.USUAL);
    }

    static OutputLease acquire(Configuration configuration, String output, String runId, Pace pace) {
        Path path = HadoopPaths.of(output);
        try {
            OutputLease lease = new OutputLease(HadoopPaths.fileSystem(path, configuration), path, runId, pace);
            try {
                lease.acquire();
                return lease;
            } catch (IOException | RuntimeException e) {
                lease.close();
                throw e;
            }
        } catch (IOException e) {
            throw notWritable(output, e);
        }
    }

    public static BadInputException notWritable(String output, IOException cause) {
        return new BadInputException(
                "output %s cannot be written: %s. Choose another --output, or give this user the right to write there"
                        .formatted(output, HadoopPaths.reason(cause)),
                cause);
    }

    private void acquire() throws IOException {
        if (!fileSystem.mkdirs(folder)) {
            throw new IOException("the folder cannot be made");
        }
        ShutdownHookManager.get().addShutdownHook(onShutdown, SHUTDOWN_PRIORITY);
        long millis = pace.heartbeat().toMillis();
        beating = heart.scheduleAtFixedRate(this::beat, millis, millis, TimeUnit.MILLISECONDS);
        claim();
        for (List<Path> others = others(); !others.isEmpty(); others = others()) {
            Path other = others.get(0);
            if (claim.getName().compareTo(other.getName()) > 0) {
                stepBack();
            }
            awaitEnd(other);
            claim();
        }
    }

    private synchronized void claim() throws IOException {
        if (state == State.STEPPED_BACK) {
            write();
            state = State.CLAIMED;
        }
        requireHeld();
    }

    private synchronized void stepBack() throws IOException {
        fileSystem.delete(claim, false);
        state = State.STEPPED_BACK;
    }

    private List<Path> others() throws IOException {
        List<Path> others = new ArrayList<>();
        for (FileStatus status : fileSystem.listStatus(folder)) {
            if (!status.getPath().getName().equals(claim.getName())) {
                others.add(status.getPath());
            }
        }
        return others;
    }

    /**
     * Waits until another claim is gone, and takes it away if it does not change.
     *
     * @throws BadInputException if it changes: its owner lives
     */
    private void awaitEnd(Path other) throws IOException {
        try {
            long seen = fileSystem.getFileStatus(other).getModificationTime();
            String owner = owner(other);
            LOG.info("{} has claimed {}: seeing whether it lives", owner, folder.getParent());
            long start = System.nanoTime();
            while (!patienceIsOver(start)) {
                pause(pace.heartbeat().dividedBy(10));
                if (fileSystem.getFileStatus(other).getModificationTime() != seen) {
                    throw new BadInputException(
                            "%s is writing to output %s. Wait for its end, or choose another --output"
                                    .formatted(owner, folder.getParent()));
                }
            }
            LOG.warn("{} was killed: its claim to {} is taken over", owner, folder.getParent());
            fileSystem.delete(other, false);
            origin = Origin.TAKEN_OVER;
        } catch (FileNotFoundException e) {
            LOG.debug("claim {} is gone", other, e);
        }
    }

    private static void pause(Duration duration) throws InterruptedIOException {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another run");
        }
    }

    private boolean patienceIsOver(long sinceNanoTime) {
        return System.nanoTime() - sinceNanoTime >= pace.patience().toNanos();
    }

    /** Who made a claim, for people. */
    private String owner(Path other) throws IOException {
        try (InputStream in = fileSystem.open(other)) {
            JsonNode who = JSON.readTree(in);
            return "run %s of %s on %s (process %s, since %s)"
                    .formatted(
                            who.path("run_id").asText(),
                            who.path("user").asText(),
                            who.path("host").asText(),
                            who.path("process").asText(),
                            who.path("since").asText());
        } catch (ChecksumException | JsonProcessingException e) {
            // Read in the very moment in which it was written.
            return "another run";
        }
    }

    private void write() throws IOException {
        try (OutputStream out = fileSystem.create(claim, true)) {
            out.write(JSON.writeValueAsBytes(content));
        }
        lastBeat = System.nanoTime();
    }

    private synchronized void beat() {
        if (state != State.CLAIMED) {
            return;
        }
        try {
            boolean silent = patienceIsOver(lastBeat);
            if (!fileSystem.exists(claim)) {
                state = State.LOST;
                return;
            }
            write();
            if (silent && !others().isEmpty()) {
                fileSystem.delete(claim, false);
                state = State.LOST;
            }
        } catch (IOException | RuntimeException e) {
            // A failure here must not stop the next attempt.
            LOG.warn("the claim {} cannot be renewed for now", claim, e);
        }
    }

    /** How the output was found. */
    public Origin origin() {
        return origin;
    }

    /**
     * Makes sure of the lease before something is committed.
     *
     * @throws BadInputException if this run was silent for so long, for example while its machine slept or the storage was
     *     away, that another one took over
     */
    public synchronized void requireHeld() {
        try {
            if (state == State.CLAIMED && fileSystem.exists(claim)) {
                return;
            }
        } catch (IOException e) {
            throw new BadInputException(
                    "output %s cannot be written: %s".formatted(folder.getParent(), HadoopPaths.reason(e)), e);
        }
        throw new BadInputException(
                "another run has taken over output %s, for this one gave no sign of life for %d s. What is committed stays; the other run does the rest"
                        .formatted(folder.getParent(), pace.patience().toSeconds()));
    }

    /** Gives the lease back. */
    @Override
    public synchronized void close() {
        if (beating != null) {
            beating.cancel(false);
        }
        heart.shutdown();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(onShutdown);
        }
        try {
            if (state == State.CLAIMED) {
                stepBack();
            }
        } catch (IOException e) {
            LOG.warn("the claim {} cannot be deleted: the next run will wait to see whether this one lives", claim, e);
        }
    }
}
