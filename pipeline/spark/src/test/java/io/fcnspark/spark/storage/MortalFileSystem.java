package io.fcnspark.spark.storage;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Folders of this machine as another file system, which fails as one does whose client is killed: at a step that a test chooses, and
 * at all that follow. A file that was being written is left half written, unless the store shows files only when they are complete.
 */
public final class MortalFileSystem extends FileSystem {
    private static final String SCHEME = "mortal";
    private static final URI ROOT = URI.create(SCHEME + ":///");

    /** How the store replaces a file. */
    public enum Kind {
        /** By a rename that replaces, as HDFS. */
        RENAMING_OVER,
        /** Not at once. */
        DELETING_AND_RENAMING,
        /** When an upload is complete, as S3; a rename copies and deletes. */
        UPLOADING
    }

    private static volatile Kind kind = Kind.UPLOADING;
    private static int steps;
    private static int lastStep;

    private final RawLocalFileSystem local = new RawLocalFileSystem();

    /** What Hadoop is to be told to have such a store. */
    public static Configuration configuration(Kind ofKind) {
        kind = ofKind;
        immortal();
        Configuration configuration = new Configuration(false);
        configuration.set("fs.mortal.impl", MortalFileSystem.class.getName());
        configuration.setBoolean("fs.mortal.impl.disable.cache", true);
        if (ofKind == Kind.RENAMING_OVER) {
            configuration.set("fs.AbstractFileSystem.mortal.impl", Abstract.class.getName());
        }
        return configuration;
    }

    /** The name of a local folder in such a store. */
    public static String uri(java.nio.file.Path folder) {
        return SCHEME + "://" + folder.toAbsolutePath();
    }

    /** From now on, steps before {@code step} are done, and no other; steps are counted from 1. */
    public static synchronized void diesBefore(int step) {
        steps = 0;
        lastStep = step - 1;
    }

    /** From now on, nothing fails. */
    public static synchronized void immortal() {
        diesBefore(Integer.MAX_VALUE);
    }

    /** Whether a step was not done since {@link #diesBefore}. */
    public static synchronized boolean isDead() {
        return steps > lastStep;
    }

    private static synchronized void step() throws IOException {
        if (++steps > lastStep) {
            throw new IOException("dead");
        }
    }

    /** For {@code FileContext}, which alone has a rename that replaces. */
    public static final class Abstract extends DelegateToFileSystem {
        public Abstract(URI uri, Configuration configuration) throws IOException, URISyntaxException {
            super(uri, new MortalFileSystem(), configuration, SCHEME, false);
        }

        @Override
        public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
            step();
            moveOver(nio(from), to);
        }
    }

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        local.initialize(URI.create("file:///"), configuration);
    }

    private static Path local(Path path) {
        return new Path("file", null, path.toUri().getPath());
    }

    /** Without owner and rights, for which Hadoop would start a process. */
    private static FileStatus foreign(FileStatus status) {
        return new FileStatus(
                status.getLen(),
                status.isDirectory(),
                1,
                status.getBlockSize(),
                status.getModificationTime(),
                new Path(SCHEME, "", status.getPath().toUri().getPath()));
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return kind == Kind.UPLOADING && capability.equals(CommonPathCapabilities.ABORTABLE_STREAM);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        step();
        return local.open(local(path), bufferSize);
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        step();
        if (kind == Kind.UPLOADING) {
            return new FSDataOutputStream(new Upload(path), null);
        }
        return new FSDataOutputStream(new Writing(local.create(local(path), true)), null);
    }

    private static final class Upload extends ByteArrayOutputStream {
        private final Path path;

        Upload(Path path) {
            this.path = path;
        }

        @Override
        public void close() throws IOException {
            step();
            publish(toByteArray(), path);
        }
    }

    /** As a store does, which never shows a part of a file. */
    private static void publish(byte[] bytes, Path path) throws IOException {
        java.nio.file.Path complete = Files.createTempFile("mortal", null);
        Files.write(complete, bytes);
        moveOver(complete, path);
    }

    private static void moveOver(java.nio.file.Path from, Path to) throws IOException {
        Files.move(from, nio(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static java.nio.file.Path nio(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** Dies with one byte of each piece written. */
    private static final class Writing extends OutputStream {
        private final OutputStream out;

        Writing(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            step();
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                out.write(bytes, offset, 1);
                step();
                out.write(bytes, offset + 1, length - 1);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw new UnsupportedOperationException("append");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        step();
        if (local.exists(local(to))) {
            return false;
        }
        if (kind == Kind.UPLOADING) {
            publish(Files.readAllBytes(nio(from)), to);
            step();
            return local.delete(local(from), false);
        }
        return local.rename(local(from), local(to));
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        if (recursive && local.getFileStatus(local(path)).isDirectory()) {
            for (FileStatus status : local.listStatus(local(path))) {
                delete(status.getPath(), true);
            }
        }
        step();
        return local.delete(local(path), recursive);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        step();
        FileStatus[] statuses = local.listStatus(local(path));
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] = foreign(statuses[i]);
        }
        return statuses;
    }

    @Override
    public void setWorkingDirectory(Path path) {}

    @Override
    public Path getWorkingDirectory() {
        return new Path(ROOT);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        step();
        return local.mkdirs(local(path));
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        step();
        try {
            return foreign(local.getFileStatus(local(path)));
        } catch (FileNotFoundException e) {
            throw new FileNotFoundException(path + " does not exist");
        }
    }
}
