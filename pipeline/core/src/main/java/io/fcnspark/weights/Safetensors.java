package io.fcnspark.weights;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Files in the safetensors format (<a href="https://github.com/huggingface/safetensors">its specification</a>):
 * eight bytes with the length of a header, little-endian; the header, JSON, which gives each tensor's type, shape and place;
 * then the tensors' bytes, little-endian, row-major, without gaps.
 */
public final class Safetensors {
    private Safetensors() {}

    /**
     * Opens a file. The tensors are memory-mapped one by one, so that the file may be larger than 2 GB and nothing is read
     * before it is used; only a single tensor may have no more than 2<sup>31</sup> − 1 bytes.
     *
     * <p>There is nothing to close: the file itself is closed when this returns, and a mapping goes when the garbage collector
     * finds its tensor unused (Java 17 has no safe way to unmap earlier). The mapping takes address space and page cache, no
     * heap. Replacing or deleting the file does no harm to tensors in use; <em>changing it in place</em> does, as with any
     * mapped file. {@link #write} replaces.
     *
     * @throws ModelException if the file cannot be read, breaks a rule of the format, or holds a tensor of another type than
     *     F64, F32, F16, BF16; the message names the file, the tensor, and what to do
     */
    public static SafetensorsFile read(Path file) {
        return new SafetensorsReader(file).read();
    }

    /**
     * The same of a file that may also hold tensors of other types, which are left out.
     *
     * @param others is told of each
     */
    public static SafetensorsFile read(Path file, OtherTensors others) {
        return new SafetensorsReader(file, others).read();
    }

    /**
     * Writes a file, one tensor at a time, first under another name beside it, so that nobody ever sees half a file.
     *
     * <p>The data begin at a multiple of 8 bytes and tensors of wider types come first, each group in the given order: so each
     * tensor is aligned to its own type, which is all that is possible in a format without gaps. The same tensors and metadata
     * always give the same bytes.
     *
     * @param metadata free keys and values; none are written if it is empty
     * @return SHA-256 of the file, 64 hex digits in lower case
     * @throws ModelException if the file cannot be written
     * @throws IllegalArgumentException if two tensors have the same name, or one is called {@code __metadata__}
     */
    public static String write(Path file, Map<String, String> metadata, List<TensorSource> tensors) {
        return new SafetensorsWriter(metadata, tensors).write(file);
    }

    /**
     * Writes to a channel, which is not closed: the bytes that a file would have, some megabytes at a time.
     *
     * @throws IOException if the channel fails
     * @throws IllegalArgumentException as {@link #write(Path, Map, List)}
     */
    public static void write(WritableByteChannel channel, List<TensorSource> tensors) throws IOException {
        new SafetensorsWriter(Map.of(), tensors).write(channel);
    }
}
