package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file of weights while it is being read. Tensors are memory-mapped where they lie and stay valid after the file is closed;
 * their pages come from the file when they are used, not from the heap.
 */
final class SourceFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final long size;

    private SourceFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** What is done with an open file. */
    interface Body<T> {
        T read(SourceFile file) throws IOException;
    }

    /** Opens a file, hands it to {@code body}, and closes it; every failure to read becomes a {@link ModelException}. */
    static <T> T read(Path path, Body<T> body) {
        if (Files.isDirectory(path)) {
            throw new ModelException(path + ": is a folder; name a file of weights");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                SourceFile file = new SourceFile(path, channel, channel.size())) {
            return body.read(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(path + ": there is no such file; check the path", e);
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be read (%s); check the file and its permissions".formatted(path, e), e);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** The file as a channel with its own position; closing it leaves the file open. */
    SeekableByteChannel view() {
        return new View();
    }

    /** A copy of some bytes, little-endian. */
    ByteBuffer bytes(long offset, int count) throws IOException {
        requireInside("what lies at byte " + offset, offset, count);
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }

    /** A little-endian tensor that lies at {@code offset}, mapped. */
    Tensor tensor(String name, DataType dataType, List<Integer> shape, long offset) throws IOException {
        long length = byteSize(name, dataType, shape);
        return new Tensor(dataType, shape, map(name, offset, length));
    }

    /** Bytes of the tensor {@code name}, mapped. */
    ByteBuffer map(String name, long offset, long length) throws IOException {
        requireInside("tensor '" + name + "'", offset, length);
        requireMappable(name, length);
        return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    }

    /** Bytes that a tensor takes; fails if they are more than one tensor may have. */
    long byteSize(String name, DataType dataType, List<Integer> shape) {
        try {
            long length = shape.stream().mapToLong(Integer::longValue).reduce(dataType.bytes(), Math::multiplyExact);
            requireMappable(name, length);
            return length;
        } catch (ArithmeticException e) {
            throw new ModelException(
                    "%s: tensor '%s' of shape %s is larger than any file; %s".formatted(path, name, shape, DAMAGED), e);
        }
    }

    /** What to do about a file that contradicts itself. */
    static final String DAMAGED = "the file is damaged or incomplete; download or export it again";

    ModelException damaged(String problem) {
        return failure(problem, DAMAGED);
    }

    ModelException damaged(String problem, Throwable cause) {
        return new ModelException("%s: %s; %s".formatted(path, problem, DAMAGED), cause);
    }

    ModelException failure(String problem, String remedy) {
        return new ModelException("%s: %s; %s".formatted(path, problem, remedy));
    }

    private void requireInside(String what, long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw damaged("has %d bytes, but %s would end at byte %d".formatted(size, what, offset + length));
        }
    }

    private void requireMappable(String name, long length) {
        if (length > Integer.MAX_VALUE) {
            throw failure(
                    "tensor '%s' has %d bytes, more than the %d that one tensor may have"
                            .formatted(name, length, Integer.MAX_VALUE),
                    "store it in fp32 or fp16, or take a narrower network");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** See {@link #view}. */
    private final class View implements SeekableByteChannel {
        private long position;

        @Override
        public int read(ByteBuffer target) throws IOException {
            int count = channel.read(target, position);
            position += Math.max(0, count);
            return count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long newPosition) throws IOException {
            if (newPosition < 0) {
                throw new IOException("there is no position " + newPosition);
            }
            position = newPosition;
            return this;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public int write(ByteBuffer source) {
            throw new NonWritableChannelException();
        }

        @Override
        public SeekableByteChannel truncate(long newSize) {
            throw new NonWritableChannelException();
        }

        @Override
        public void close() {}
    }
}
