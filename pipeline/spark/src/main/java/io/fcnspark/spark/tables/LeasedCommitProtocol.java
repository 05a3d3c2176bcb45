package io.fcnspark.spark.tables;

import io.fcnspark.errors.OutputException;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.OutputLease;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileCommitProtocol;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Spark's commit protocol, whichever the session is set up with, for a run that has to hold the lease of its output: the lease is
 * looked at in the storage right before files become visible, a run that lost it touches nothing any more, and a commit whose files
 * are not all there in the end fails.
 *
 * <p>The last of these is for the run that took over. Committers clean up by output folder and not by job: the other run, if it
 * wakes up within its commit, may delete what this one's tasks have just finished, and a committer publishes what it finds.
 */
public final class LeasedCommitProtocol extends FileCommitProtocol implements Serializable {
    private static final long serialVersionUID = 1;

    private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";
    private static final String WRAPPED = "spark.fcn.commitProtocolClass";
    private static final String LEASE = "fcn.commit.lease";

    /** Leases of the commits that are under way in this driver. */
    private static final Map<String, OutputLease> LEASES = new ConcurrentHashMap<>();

    private final String jobId;
    private final String path;
    private final boolean dynamicPartitionOverwrite;

    @SuppressWarnings("serial") // Those that are of use travel to executors.
    private FileCommitProtocol protocol;

    /** Files of the running task attempt, in their final places. */
    private transient List<String> files;

    /** Spark makes it, by the name of its class. */
    public LeasedCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
        this.jobId = jobId;
        this.path = path;
        this.dynamicPartitionOverwrite = dynamicPartitionOverwrite;
    }

    /** A session that commits so, and is otherwise as another one. */
    static SparkSession session(SparkSession other) {
        SparkSession session = other.cloneSession();
        session.conf().set(WRAPPED, session.sessionState().conf().fileCommitProtocolClass());
        session.conf().set(PROTOCOL, LeasedCommitProtocol.class.getName());
        return session;
    }

    /** A write in a {@link #session}, by the options that it must be given. */
    interface Write {
        void write(Map<String, String> options);
    }

    /** Commits a write if the lease is held then. */
    static void commit(OutputLease lease, Write write) {
        String id = UUID.randomUUID().toString();
        LEASES.put(id, lease);
        try {
            write.write(Map.of(LEASE, id));
        } finally {
            LEASES.remove(id);
        }
    }

    /** What a task committed: what the wrapped protocol says of it, and files in their final places. */
    @SuppressWarnings("unchecked") // commitTask makes all of them.
    private static Tuple2<TaskCommitMessage, List<String>> committed(TaskCommitMessage message) {
        return (Tuple2<TaskCommitMessage, List<String>>) message.obj();
    }

    @Override
    public void setupJob(JobContext job) {
        protocol = FileCommitProtocol.instantiate(
                job.getConfiguration().get(WRAPPED), jobId, path, dynamicPartitionOverwrite);
        protocol.setupJob(job);
    }

    private static OutputLease lease(JobContext job) {
        return LEASES.get(job.getConfiguration().get(LEASE));
    }

    @Override
    public void commitJob(JobContext job, Seq<TaskCommitMessage> tasks) {
        List<TaskCommitMessage> messages = new ArrayList<>();
        List<String> committed = new ArrayList<>();
        for (TaskCommitMessage task : JavaConverters.seqAsJavaList(tasks)) {
            messages.add(committed(task)._1());
            committed.addAll(committed(task)._2());
        }
        lease(job).requireHeld();
        protocol.commitJob(job, JavaConverters.asScalaBuffer(messages).toSeq());
        requireVisible(job, committed);
    }

    private static void requireVisible(JobContext job, List<String> files) {
        for (String file : files) {
            Path place = new Path(file);
            try {
                FileSystem fileSystem = place.getFileSystem(job.getConfiguration());
                if (!fileSystem.exists(place)) {
                    throw new OutputException(
                            "%s was not there after its commit: another process has cleaned up in its folder. Run the same again: it labels the images of that file"
                                    .formatted(file));
                }
            } catch (IOException e) {
                throw new OutputException(
                        "%s cannot be seen after its commit: %s".formatted(file, HadoopPaths.reason(e)), e);
            }
        }
    }

    @Override
    public void abortJob(JobContext job) {
        // A clean-up would take the files of the run that took over, too. That one, or the next, does it.
        if (!lease(job).isLost()) {
            protocol.abortJob(job);
        }
    }

    @Override
    public void setupTask(TaskAttemptContext task) {
        files = new ArrayList<>();
        protocol.setupTask(task);
    }

    @Override
    @SuppressWarnings("deprecation")
    public String newTaskTempFile(TaskAttemptContext task, Option<String> folder, String extension) {
        return visibleLater(folder, protocol.newTaskTempFile(task, folder, extension));
    }

    @Override
    public String newTaskTempFile(TaskAttemptContext task, Option<String> folder, FileNameSpec name) {
        return visibleLater(folder, protocol.newTaskTempFile(task, folder, name));
    }

    private String visibleLater(Option<String> folder, String temporary) {
        Path parent = folder.isEmpty() ? new Path(path) : new Path(path, folder.get());
        files.add(new Path(parent, new Path(temporary).getName()).toString());
        return temporary;
    }

    @Override
    @SuppressWarnings("deprecation")
    public String newTaskTempFileAbsPath(TaskAttemptContext task, String folder, String extension) {
        return protocol.newTaskTempFileAbsPath(task, folder, extension);
    }

    @Override
    public String newTaskTempFileAbsPath(TaskAttemptContext task, String folder, FileNameSpec name) {
        return protocol.newTaskTempFileAbsPath(task, folder, name);
    }

    @Override
    public TaskCommitMessage commitTask(TaskAttemptContext task) {
        return new TaskCommitMessage(new Tuple2<>(protocol.commitTask(task), files));
    }

    @Override
    public void abortTask(TaskAttemptContext task) {
        protocol.abortTask(task);
    }

    @Override
    public void onTaskCommit(TaskCommitMessage task) {
        protocol.onTaskCommit(committed(task)._1());
    }

    @Override
    public boolean deleteWithJob(FileSystem fileSystem, Path place, boolean recursive) {
        return protocol.deleteWithJob(fileSystem, place, recursive);
    }
}
