package io.fcnspark.spark.storage;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Files of this machine. Hadoop's own way leaves out in silence what it cannot open, links to nothing for one, and cannot open names
 * that have a colon, or that are no text in the locale's encoding.
 *
 * <p>A name that is no text, bytes of another encoding, stands in URIs with its bytes escaped: {@code caf%E9.jpg}. A file whose
 * name really has those characters comes first.
 */
final class LocalFiles {
    private LocalFiles() {}

    /**
     * What lies in a folder, whatever it is. A link is what it leads to; one that leads nowhere is a file, and one that leads back
     * to a folder above is left out.
     */
    @SuppressWarnings("StreamResourceLeak") // closed at its end
    static RemoteIterator<FileStatus> list(org.apache.hadoop.fs.Path folder) throws IOException {
        Path local = local(folder);
        return new Listing(folder, local.toRealPath(), Files.newDirectoryStream(local));
    }

    static FileStatus status(org.apache.hadoop.fs.Path path) throws IOException {
        try {
            return status(path, Files.readAttributes(local(path), BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            throw absent(path, e);
        }
    }

    private static FileStatus status(org.apache.hadoop.fs.Path path, BasicFileAttributes attributes) {
        return new FileStatus(
                attributes.size(),
                attributes.isDirectory(),
                1,
                1,
                attributes.lastModifiedTime().toMillis(),
                path);
    }

    static InputStream open(org.apache.hadoop.fs.Path path, long position) throws IOException {
        Path local = local(path);
        if (Files.exists(local) && !Files.isRegularFile(local)) {
            // Reading a pipe would never end.
            throw new IOException(kind(local));
        }
        try {
            FileChannel channel = FileChannel.open(local);
            channel.position(position);
            return Channels.newInputStream(channel);
        } catch (NoSuchFileException e) {
            throw absent(path, e);
        }
    }

    private static FileNotFoundException absent(org.apache.hadoop.fs.Path path, NoSuchFileException cause) {
        FileNotFoundException absent = new FileNotFoundException(path + " does not exist");
        absent.initCause(cause);
        return absent;
    }

    /**
     * Requires that what is to be read is a file.
     *
     * @throws ImageException {@link Code#UNREADABLE}, with the reason
     */
    static void requireFile(org.apache.hadoop.fs.Path path) throws ImageException {
        Path local = local(path);
        if (Files.exists(local) && !Files.isRegularFile(local)) {
            throw new ImageException(Code.UNREADABLE, kind(local));
        }
        if (!Files.exists(local) && Files.isSymbolicLink(local)) {
            throw new ImageException(
                    Code.UNREADABLE, "it is a link to %s, which does not exist".formatted(target(local)));
        }
    }

    private static String kind(Path local) {
        return "it is no file, but a %s".formatted(Files.isDirectory(local) ? "folder" : "pipe, socket or device");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "something";
        }
    }

    private static Path local(org.apache.hadoop.fs.Path path) {
        String text = path.toUri().getPath();
        try {
            Path local = Path.of(text);
            if (text.indexOf('%') < 0 || Files.exists(local, LinkOption.NOFOLLOW_LINKS)) {
                return local;
            }
        } catch (InvalidPathException e) {
            // Not in the encoding of this locale, so that it cannot be what was listed.
        }
        Path local = Path.of("/");
        for (String name : text.split("/")) {
            local = local.resolve(step(local, name));
        }
        return local;
    }

    private static Path step(Path folder, String name) {
        try {
            Path plain = Path.of(name);
            if (name.indexOf('%') < 0 || Files.exists(folder.resolve(plain), LinkOption.NOFOLLOW_LINKS)) {
                return plain;
            }
            return Path.of(URI.create("file:///" + name)).getFileName();
        } catch (IllegalArgumentException e) {
            // No escapes, or a character that this locale does not have: then there is no such file.
            return Path.of(name.replaceAll("[^ -~]", "?"));
        }
    }

    /** A name as it stands in URIs. */
    private static String name(Path path) {
        String name = path.getFileName().toString();
        try {
            if (Path.of(name).equals(path.getFileName())) {
                return name;
            }
        } catch (InvalidPathException e) {
            // No text, either.
        }
        String escaped = path.toUri().getRawPath();
        return escaped.substring(escaped.replaceFirst("/$", "").lastIndexOf('/') + 1)
                .replaceFirst("/$", "");
    }

    private static final class Listing implements RemoteIterator<FileStatus> {
        private final org.apache.hadoop.fs.Path folder;
        private final Path realFolder;
        private final DirectoryStream<Path> stream;
        private final Iterator<Path> paths;
        private FileStatus next;

        Listing(org.apache.hadoop.fs.Path folder, Path realFolder, DirectoryStream<Path> stream) throws IOException {
            this.folder = folder;
            this.realFolder = realFolder;
            this.stream = stream;
            this.paths = stream.iterator();
            this.next = advance();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public FileStatus next() throws IOException {
            if (next == null) {
                throw new NoSuchElementException();
            }
            FileStatus current = next;
            next = advance();
            return current;
        }

        private FileStatus advance() throws IOException {
            try {
                while (paths.hasNext()) {
                    Path path = paths.next();
                    BasicFileAttributes attributes = attributes(path);
                    if (attributes != null && !leadsBack(path, attributes)) {
                        return status(HadoopPaths.below(folder, name(path)), attributes);
                    }
                }
            } catch (DirectoryIteratorException e) {
                stream.close();
                throw e.getCause();
            }
            stream.close();
            return null;
        }

        /** Null if it is gone by now. */
        private static BasicFileAttributes attributes(Path path) {
            try {
                return Files.readAttributes(path, BasicFileAttributes.class);
            } catch (IOException e) {
                // A link to nothing, or round in a circle.
                return attributesOfLink(path);
            }
        }

        private static BasicFileAttributes attributesOfLink(Path path) {
            try {
                return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            } catch (IOException e) {
                return null;
            }
        }

        private boolean leadsBack(Path path, BasicFileAttributes attributes) throws IOException {
            return attributes.isDirectory() && Files.isSymbolicLink(path) && realFolder.startsWith(path.toRealPath());
        }
    }
}
