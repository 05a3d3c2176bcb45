package io.fcnspark.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes one safetensors file. */
final class SafetensorsWriter {
    /** Where the data begin is a multiple of this. */
    private static final int ALIGNMENT = 8;

    /** Written at once: the channel copies what lies on the heap to native memory first, so not a whole tensor. */
    private static final int CHUNK = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> metadata;
    private final List<TensorSource> tensors;

    SafetensorsWriter(Map<String, String> metadata, List<TensorSource> tensors) {
        this.metadata = new TreeMap<>(metadata);
        this.tensors = tensors.stream()
                .sorted(Comparator.comparingInt(
                        (TensorSource tensor) -> -tensor.dataType().bytes()))
                .toList();
        Set<String> names = new HashSet<>(Set.of(SafetensorsReader.METADATA));
        for (TensorSource tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "'%s' cannot be the name of a tensor: it is taken".formatted(tensor.name()));
            }
        }
    }

    String write(Path file) {
        try {
            return AtomicFile.write(file, this::write);
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be written (%s); check that the folder exists, may be written to and has room"
                            .formatted(file, e),
                    e);
        }
    }

    /** Writes to a channel; returns the hash of what was written. */
    String write(WritableByteChannel channel) throws IOException {
        Sha256 hash = new Sha256();
        write(channel, hash, header());
        for (TensorSource tensor : tensors) {
            write(channel, hash, tensor.make().bytes());
        }
        return hash.hex();
    }

    private static void write(WritableByteChannel channel, Sha256 hash, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            ByteBuffer chunk = bytes.slice(bytes.position(), Math.min(CHUNK, bytes.remaining()));
            hash.add(chunk);
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
            bytes.position(bytes.position() + chunk.limit());
        }
    }

    private ByteBuffer header() throws JsonProcessingException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject(SafetensorsReader.METADATA);
            metadata.forEach(node::put);
        }
        long begin = 0;
        for (TensorSource tensor : tensors) {
            long end = Math.addExact(begin, tensor.byteSize());
            ObjectNode node = header.putObject(tensor.name());
            node.put("dtype", tensor.dataType().name());
            ArrayNode shape = node.putArray("shape");
            tensor.shape().forEach(shape::add);
            node.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return ByteBuffer.allocate(SafetensorsReader.PREFIX + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .flip();
    }
}
