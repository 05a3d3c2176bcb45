package io.fcnspark.spark.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
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
import java.util.Set;
import java.util.TreeSet;
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
 * <p>A run has two files in the folder {@value #FOLDER} of the output, both under a name that no other run has. Its <em>claim</em>,
 * {@code NAME.json}, says who it is and is rewritten every five seconds: a sign of life. Its <em>title</em>, {@code NAME.held}, is
 * written once, when a listing of the folder shows nobody else's files. File systems and S3 list what has been written, so of two
 * that claim at once one at least sees the other, and the one with the later name steps back.
 *
 * <p>A claim that does not change while another run looks at it for half a minute belongs to a run that was killed, or stopped. It
 * is taken over: the title is deleted first, then the claim, and only then does the other run write its own title.
 *
 * <p>So whoever finds its title in the storage holds the lease, and whoever does not has lost it. That takes no clock, which a
 * suspended machine may or may not stop: however long a run slept, nobody gives it its title back, and its own late sign of life is
 * only a claim. What is left is a run that is stopped after it has seen its title and before it commits. A commit has to fail by
 * itself then; see {@link #origin}.
 */
public final class OutputLease implements AutoCloseable {
    static final String FOLDER = "_runs";

    private static final Setting OUTPUT = new Setting("output");
    private static final String CLAIM = ".json";
    private static final String TITLE = ".held";

    /**
     * @param heartbeat how often an owner rewrites its claim
     * @param patience for how long others look at it before they take it for dead; ten looks in the time of a heartbeat
     */
    record Pace(Duration heartbeat, Duration patience) {
        static final Pace USUAL = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30));

        Duration betweenLooks() {
            return heartbeat.dividedBy(10);
        }

        /** They are counted and not timed: while the looking run itself is stopped, nobody looks. */
        long looks() {
            return patience.dividedBy(betweenLooks());
        }
    }

    /** How to wait. */
    interface Waiting {
        void pause(Duration duration) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutputLease.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** After Spark has stopped its jobs (50) and before Hadoop closes its file systems (10). */
    private static final int SHUTDOWN_PRIORITY = 20;

    /** How an output was found. */
    public enum Origin {
        /** No run had it. */
        FREE,
        /**
         * A run that was killed or stopped had it. What it did not commit may lie about, and has to be discarded before anything
         * else is done: a stopped run that wakes up within its commit finds nothing more to commit then.
         */
        TAKEN_OVER
    }

    private final FileSystem fileSystem;
    private final Path folder;
    private final String name = UUID.randomUUID().toString();
    private final Pace pace;
    private final Waiting waiting;
    private final byte[] content;
    private final Thread onShutdown = new Thread(this::close, "fcn-output-lease-release");
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "fcn-output-lease");
        thread.setDaemon(true);
        return thread;
    });

    private ScheduledFuture<?> beating;
    private Origin origin = Origin.FREE;
    private State state = State.WAITING;
    private Runnable whenLost = () -> {};

    private enum State {
        /** It has no file. */
        WAITING,
        CLAIMED,
        HELD,
        LOST
    }

    private OutputLease(FileSystem fileSystem, Path output, String runId, Pace pace, Waiting waiting)
            throws JsonProcessingException {
        this.pace = pace;
        this.waiting = waiting;
        this.fileSystem = fileSystem;
        this.folder = new Path(output, FOLDER);
        this.content = JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("run_id", runId)
                .put("user", System.getProperty("user.name"))
                .put("host", host())
                .put("process", ProcessHandle.current().pid())
                .put("since", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
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
     * @throws OutputException if another run has it, or if the output cannot be written
     */
    public static OutputLease acquire(Configuration configuration, String output, String runId) {
        return acquire(configuration, output, runId, Pace.USUAL, OutputLease::sleep);
    }

    static OutputLease acquire(Configuration configuration, String output, String runId, Pace pace, Waiting waiting) {
        Path path = HadoopPaths.of(output);
        try {
            OutputLease lease =
                    new OutputLease(HadoopPaths.fileSystem(path, configuration), path, runId, pace, waiting);
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

    public static OutputException notWritable(String output, IOException cause) {
        return new OutputException(
                OUTPUT,
                "output %s cannot be written: %s. Choose another output, or give this user the right to write there"
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
        do {
            claim();
            for (Set<String> others = others(); !others.isEmpty(); others = others()) {
                String other = others.iterator().next();
                if (name.compareTo(other) > 0) {
                    stepBack();
                }
                awaitEnd(other);
                claim();
            }
        } while (!takeTitle());
    }

    private synchronized void claim() throws IOException {
        if (state == State.WAITING) {
            write(claim(name));
            state = State.CLAIMED;
        }
    }

    private synchronized void stepBack() throws IOException {
        fileSystem.delete(claim(name), false);
        state = State.WAITING;
    }

    /**
     * Makes this run the one that holds the lease, unless another one has come: this one may have been stopped for long since it
     * saw that it was alone, and was taken for dead.
     */
    private synchronized boolean takeTitle() throws IOException {
        write(title(name));
        if (fileSystem.exists(claim(name)) && others().isEmpty()) {
            state = State.HELD;
            return true;
        }
        fileSystem.delete(title(name), false);
        stepBack();
        return false;
    }

    private Path claim(String run) {
        return new Path(folder, run + CLAIM);
    }

    private Path title(String run) {
        return new Path(folder, run + TITLE);
    }

    /** Names of other runs that have a claim or a title. */
    private Set<String> others() throws IOException {
        Set<String> others = new TreeSet<>();
        for (FileStatus status : fileSystem.listStatus(folder)) {
            String file = status.getPath().getName();
            if (file.endsWith(CLAIM) || file.endsWith(TITLE)) {
                others.add(file.substring(0, file.lastIndexOf('.')));
            }
        }
        others.remove(name);
        return others;
    }

    /**
     * Waits until another run has no files, and takes them away if its claim does not change.
     *
     * @throws OutputException if it changes: its owner lives
     */
    private void awaitEnd(String other) throws IOException {
        try {
            // Without a claim there is nobody who will write to its title.
            Path file = fileSystem.exists(claim(other)) ? claim(other) : title(other);
            long seen = fileSystem.getFileStatus(file).getModificationTime();
            String owner = owner(file);
            LOG.info("{} has claimed {}: seeing whether it lives", owner, folder.getParent());
            for (long look = 0; look < pace.looks(); look++) {
                waiting.pause(pace.betweenLooks());
                if (fileSystem.getFileStatus(file).getModificationTime() != seen) {
                    throw new OutputException(
                            OUTPUT,
                            "%s is writing to output %s. Wait for its end, or choose another output"
                                    .formatted(owner, folder.getParent()));
                }
            }
            LOG.warn("{} was killed or stopped: its claim to {} is taken over", owner, folder.getParent());
            fileSystem.delete(title(other), false);
            fileSystem.delete(claim(other), false);
            origin = Origin.TAKEN_OVER;
        } catch (FileNotFoundException e) {
            LOG.debug("claim {} is gone", other, e);
        }
    }

    static void sleep(Duration duration) throws InterruptedIOException {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another run");
        }
    }

    /** Who made a claim, for people. */
    private String owner(Path file) throws IOException {
        try (InputStream in = fileSystem.open(file)) {
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

    private void write(Path file) throws IOException {
        try (OutputStream out = fileSystem.create(file, true)) {
            out.write(content);
        }
    }

    /** A sign of life, if this run still has the right to one. */
    void beat() {
        try {
            signOfLife().run();
        } catch (IOException | RuntimeException e) {
            // A failure here must not stop the next attempt.
            LOG.warn("the claim {} cannot be renewed for now", claim(name), e);
        }
    }

    /** Returns what is to be done by whoever must not keep others from the lease meanwhile. */
    private synchronized Runnable signOfLife() throws IOException {
        boolean held = state == State.HELD;
        if (held && !fileSystem.exists(title(name))) {
            lose();
            return whenLost;
        }
        if (held || state == State.CLAIMED) {
            write(claim(name));
        }
        return () -> {};
    }

    private void lose() throws IOException {
        state = State.LOST;
        fileSystem.delete(claim(name), false);
    }

    /** How the output was found. */
    public Origin origin() {
        return origin;
    }

    /**
     * Sets what is done, in a thread of the lease's own, as soon as it is noticed that another run took over; that takes a
     * heartbeat at most, from when this run is awake again.
     */
    public synchronized void whenLost(Runnable action) {
        whenLost = action;
    }

    /**
     * Looks into the storage whether another run took over. One that was given back is lost, too.
     *
     * @throws OutputException if the storage does not answer
     */
    public synchronized boolean isLost() {
        try {
            if (state == State.HELD && !fileSystem.exists(title(name))) {
                lose();
            }
            return state != State.HELD;
        } catch (IOException e) {
            throw new OutputException(
                    "output %s cannot be written: %s".formatted(folder.getParent(), HadoopPaths.reason(e)), e);
        }
    }

    /**
     * Makes sure of the lease before something is committed, by a look into the storage.
     *
     * @throws OutputException if this run was silent for so long, for example while its machine slept or the storage was
     *     away, that another one took over; or if the storage does not answer
     */
    public void requireHeld() {
        if (isLost()) {
            throw takenOver(null);
        }
    }

    /**
     * Why a run that lost its output ends.
     *
     * @param consequence what failed for that reason, if it is not that reason already; may be null
     */
    public OutputException takenOver(Exception consequence) {
        String reason =
                "another run has taken over output %s, for this one gave no sign of life for %d s. What is committed stays; the other run does the rest"
                        .formatted(folder.getParent(), pace.patience().toSeconds());
        return consequence instanceof OutputException known && reason.equals(known.getMessage())
                ? known
                : new OutputException(reason, consequence);
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
            if (state == State.HELD) {
                fileSystem.delete(title(name), false);
            }
            if (state == State.HELD || state == State.CLAIMED) {
                stepBack();
            }
        } catch (IOException e) {
            LOG.warn(
                    "the claim {} cannot be deleted: the next run will wait to see whether this one lives",
                    claim(name),
                    e);
        }
    }
}
