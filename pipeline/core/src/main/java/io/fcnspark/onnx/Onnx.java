package io.fcnspark.onnx;

import io.fcnspark.weights.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The messages of the ONNX format that networks need, with the field numbers of {@code onnx/onnx.proto}. */
public final class Onnx {
    /** Operator set of ONNX 1.12; older than any runtime in use. */
    static final int OPSET = 17;

    /** The format's version in the release that brought {@link #OPSET}. */
    static final int IR_VERSION = 8;

    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int FLOAT16 = 10;
    private static final int DOUBLE = 11;
    private static final int BFLOAT16 = 16;

    private static final int EXTERNAL = 1;

    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private Onnx() {}

    public static ProtoMessage model(ProtoMessage graph, OnnxDocumentation documentation) {
        ProtoMessage model = new ProtoMessage().integer(1, IR_VERSION).string(2, "fcn-spark");
        if (!documentation.model().isEmpty()) {
            model.string(6, documentation.model());
        }
        model.message(7, graph).message(8, new ProtoMessage().string(1, "").integer(2, OPSET));
        documentation.properties().forEach((key, value) -> model.message(14, entry(key, value)));
        return model;
    }

    /** A node of ONNX's own operators with one output. */
    public static ProtoMessage node(
            String operator, String output, List<String> inputs, List<ProtoMessage> attributes) {
        ProtoMessage node = new ProtoMessage();
        inputs.forEach(input -> node.string(1, input));
        node.string(2, output).string(3, output).string(4, operator);
        attributes.forEach(attribute -> node.message(5, attribute));
        return node;
    }

    static ProtoMessage attribute(String name, long value) {
        return new ProtoMessage().string(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
    }

    static ProtoMessage attribute(String name, List<Integer> values) {
        ProtoMessage attribute = new ProtoMessage().string(1, name);
        values.forEach(value -> attribute.integer(8, value));
        return attribute.integer(20, ATTRIBUTE_INTS);
    }

    /** A tensor of values that are given little-endian. */
    static ProtoMessage tensor(String name, List<Integer> shape, DataType type, ByteBuffer littleEndian) {
        return tensor(name, shape, code(type)).bytes(9, littleEndian);
    }

    /**
     * A tensor whose values are in another file.
     *
     * @param location of that file, relative to the model's folder
     * @param offset of the first value in that file, in bytes
     * @param length in bytes
     */
    static ProtoMessage externalTensor(
            String name, List<Integer> shape, DataType type, String location, long offset, long length) {
        return tensor(name, shape, code(type))
                .message(13, entry("location", location))
                .message(13, entry("offset", Long.toString(offset)))
                .message(13, entry("length", Long.toString(length)))
                .integer(14, EXTERNAL);
    }

    /** A node's output in fp32, whatever its input is. */
    static ProtoMessage castToFp32(String output, String input) {
        return node("Cast", output, List.of(input), List.of(attribute("to", FLOAT)));
    }

    /** One of the keys with values that a model or a tensor may have. */
    static ProtoMessage entry(String key, String value) {
        return new ProtoMessage().string(1, key).string(2, value);
    }

    /** A tensor of a single fp32 value. */
    static ProtoMessage scalar(String name, float value) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return tensor(name, List.of(), DataType.F32, bytes.putFloat(0, value));
    }

    /** A tensor of fp32 values that the runtime is given when it loads the model. */
    public static ProtoMessage suppliedFloats(String name, List<Integer> shape) {
        return tensor(name, shape, FLOAT)
                .message(13, entry("location", "supplied-at-load"))
                .integer(14, EXTERNAL);
    }

    /** A vector of 64-bit integers. */
    static ProtoMessage integers(String name, List<Integer> values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(value -> bytes.putLong(value));
        return tensor(name, List.of(values.size()), INT64).bytes(9, bytes.flip());
    }

    /**
     * An input or output of a graph.
     *
     * @param shape each an {@link Integer}, or a {@link String} that names a dimension known only when the graph runs
     * @param description for people; empty: none
     */
    public static ProtoMessage value(String name, List<?> shape, String description) {
        ProtoMessage dimensions = new ProtoMessage();
        for (Object dimension : shape) {
            dimensions.message(
                    1,
                    dimension instanceof Integer size
                            ? new ProtoMessage().integer(1, size)
                            : new ProtoMessage().string(2, (String) dimension));
        }
        ProtoMessage tensorType = new ProtoMessage().integer(1, FLOAT).message(2, dimensions);
        ProtoMessage value = new ProtoMessage().string(1, name).message(2, new ProtoMessage().message(1, tensorType));
        return description.isEmpty() ? value : value.string(3, description);
    }

    private static int code(DataType type) {
        return switch (type) {
            case F64 -> DOUBLE;
            case F32 -> FLOAT;
            case F16 -> FLOAT16;
            case BF16 -> BFLOAT16;
            case I8 -> throw new IllegalArgumentException("a network of integers is not exported");
        };
    }

    private static ProtoMessage tensor(String name, List<Integer> shape, int type) {
        ProtoMessage tensor = new ProtoMessage();
        shape.forEach(dimension -> tensor.integer(1, dimension));
        return tensor.integer(2, type).string(8, name);
    }
}
