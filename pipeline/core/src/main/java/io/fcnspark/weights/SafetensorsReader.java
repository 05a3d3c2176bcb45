package io.fcnspark.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one safetensors file and trusts nothing in it. */
final class SafetensorsReader {
    /** Key in the header that is no tensor. */
    static final String METADATA = "__metadata__";

    /** Bytes before the header. */
    static final int PREFIX = Long.BYTES;

    /** The limit of the format's own implementation. */
    private static final long MAX_HEADER = 100_000_000;

    private static final String DAMAGED =
            "the file is damaged, incomplete or not safetensors; download or export it again";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final OtherTensors others;

    /** Reads a file that must hold no other tensors than ours. */
    SafetensorsReader(Path file) {
        this(file, (name, type, shape) -> {
            throw new ModelException(
                    "%s: tensor '%s' has type %s, expected one of %s; convert it to F32, or leave it out of the file"
                            .formatted(file, name, type, Arrays.toString(DataType.values())));
        });
    }

    SafetensorsReader(Path file, OtherTensors others) {
        this.file = file;
        this.others = others;
    }

    /** Place of a tensor; offsets count from the end of the header. */
    private record Entry(String name, String type, List<Integer> shape, long begin, long end) {}

    /** What is done with an open file. */
    interface Use<T> {
        T with(SafetensorsFile safetensors, FileChannel channel) throws IOException;
    }

    SafetensorsFile read() {
        return read((safetensors, channel) -> safetensors);
    }

    /** Reads the file, and lets it be read once more as it is now, whatever file has its name then. */
    <T> T read(Use<T> use) {
        if (Files.isDirectory(file)) {
            throw failure("is a folder", "name a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return use.with(read(channel), channel);
        } catch (NoSuchFileException e) {
            throw new ModelException(file + ": there is no such file; check the path", e);
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be read (%s); check the path and its permissions".formatted(file, e), e);
        }
    }

    private SafetensorsFile read(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < PREFIX) {
            throw failure("has %d bytes, fewer than a header's length takes".formatted(size), DAMAGED);
        }
        long headerLength = bytes(channel, 0, PREFIX).getLong();
        if (headerLength < 2 || headerLength > MAX_HEADER) {
            throw failure(
                    "announces a header of %s bytes, expected 2 to %d"
                            .formatted(Long.toUnsignedString(headerLength), MAX_HEADER),
                    DAMAGED);
        }
        long dataStart = PREFIX + headerLength;
        if (dataStart > size) {
            throw failure("has %d bytes, but its header alone ends at %d".formatted(size, dataStart), DAMAGED);
        }
        JsonNode header = parse(bytes(channel, PREFIX, (int) headerLength).array());

        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                metadata.putAll(metadata(field.getValue()));
            } else {
                entries.add(entry(field.getKey(), field.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireWithoutGaps(entries, size - dataStart);

        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            Optional<DataType> dataType = dataType(e.type);
            if (dataType.isEmpty()) {
                others.found(e.name, e.type, e.shape);
                continue;
            }
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, dataStart + e.begin, e.end - e.begin);
            tensors.put(e.name, new Tensor(dataType.get(), e.shape, mapped));
        }
        return new SafetensorsFile(metadata, new Weights(tensors));
    }

    private static ByteBuffer bytes(FileChannel channel, long position, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("the file ended while it was read");
            }
        }
        return bytes.flip();
    }

    private JsonNode parse(byte[] header) throws IOException {
        if (header[0] != '{') {
            throw failure("has a header that does not begin with '{'", DAMAGED);
        }
        try {
            return JSON.readTree(header);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "%s: has a header that is no valid JSON (%s); %s".formatted(file, e.getOriginalMessage(), DAMAGED),
                    e);
        }
    }

    private Map<String, String> metadata(JsonNode node) {
        if (!node.isObject()) {
            throw failure("has a %s that is no JSON object".formatted(METADATA), DAMAGED);
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw failure("has a value in %s that is no string: '%s'".formatted(METADATA, field.getKey()), DAMAGED);
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
        return metadata;
    }

    private Entry entry(String name, JsonNode node) {
        if (!node.isObject() || node.size() != 3 || !node.path("dtype").isTextual()) {
            throw failure(name, "is described by %s, expected dtype, shape and data_offsets".formatted(node), DAMAGED);
        }
        String type = node.path("dtype").textValue();
        List<Integer> shape = new ArrayList<>();
        for (long dimension : numbers(name, "shape", node.path("shape"))) {
            if (dimension > Integer.MAX_VALUE) {
                throw failure(name, "has a dimension of " + dimension, "split it: 2147483647 is the most that is read");
            }
            shape.add((int) dimension);
        }
        long[] offsets = numbers(name, "data_offsets", node.path("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw failure(
                    name,
                    "has data_offsets %s, expected a beginning and an end".formatted(Arrays.toString(offsets)),
                    DAMAGED);
        }
        dataType(type).ifPresent(dataType -> requireLength(name, dataType, shape, offsets[1] - offsets[0]));
        return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private static Optional<DataType> dataType(String type) {
        return Arrays.stream(DataType.values())
                .filter(known -> known.name().equals(type))
                .findFirst();
    }

    private long[] numbers(String name, String key, JsonNode array) {
        if (!array.isArray()) {
            throw failure(name, "has %s %s, expected an array".formatted(key, array), DAMAGED);
        }
        long[] numbers = new long[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = array.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw failure(name, "has %s %s, expected whole numbers from 0".formatted(key, array), DAMAGED);
            }
            numbers[i] = number.longValue();
        }
        return numbers;
    }

    private void requireLength(String name, DataType dataType, List<Integer> shape, long length) {
        long expected;
        try {
            expected = Math.multiplyExact(Tensor.size(shape), dataType.bytes());
        } catch (ArithmeticException e) {
            throw new ModelException(
                    "%s: tensor '%s' of shape %s is larger than any file; %s".formatted(file, name, shape, DAMAGED), e);
        }
        if (length != expected) {
            throw failure(
                    name,
                    "of shape %s in %s takes %d bytes, but data_offsets give it %d"
                            .formatted(shape, dataType, expected, length),
                    DAMAGED);
        }
        if (length > Integer.MAX_VALUE) {
            throw failure(
                    name,
                    "has %d bytes, more than the %d that one tensor may have".formatted(length, Integer.MAX_VALUE),
                    "store it as BF16 or F16, or take a narrower network");
        }
    }

    /** The format forbids both overlaps and bytes that belong to no tensor. */
    private void requireWithoutGaps(List<Entry> entries, long dataLength) {
        long position = 0;
        for (Entry entry : entries) {
            if (entry.begin != position) {
                throw failure(
                        entry.name,
                        "begins at %d of the data, but the tensor before it ends at %d"
                                .formatted(entry.begin, position),
                        DAMAGED);
            }
            if (entry.end > dataLength) {
                throw failure(
                        entry.name,
                        "ends at %d of the data, but the file has only %d bytes of them"
                                .formatted(entry.end, dataLength),
                        DAMAGED);
            }
            position = entry.end;
        }
        if (position != dataLength) {
            throw failure("has %d bytes of data, but its tensors take %d".formatted(dataLength, position), DAMAGED);
        }
    }

    private ModelException failure(String tensor, String problem, String remedy) {
        return failure("tensor '%s' %s".formatted(tensor, problem), remedy);
    }

    private ModelException failure(String problem, String remedy) {
        return new ModelException("%s: %s; %s".formatted(file, problem, remedy));
    }
}
