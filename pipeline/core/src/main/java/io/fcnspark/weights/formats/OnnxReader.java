package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the initialisers of an ONNX model ({@code onnx.proto}), in the file itself or in files of external data beside it, and
 * the order in which the graph uses them: their names are arbitrary.
 */
final class OnnxReader {
    private static final int EXTERNAL = 1;

    private final SourceFile file;
    private final ProtobufWalk walk;
    private final Graph graph = new Graph(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());

    private OnnxReader(SourceFile file, ProtobufWalk walk) {
        this.file = file;
        this.walk = walk;
    }

    /** What a model holds: initialisers by name, nodes in the order of the graph, and the file's metadata. */
    record Graph(Map<String, Tensor> initializers, List<Node> nodes, Map<String, String> metadata) {}

    /**
     * A node of the graph.
     *
     * @param operator for example {@code Conv}
     * @param inputs names of its inputs
     * @param transB attribute of a {@code Gemm}: not 0 if its weights are {@code [outputs, inputs]}
     */
    record Node(String operator, List<String> inputs, long transB) {}

    static Graph read(SourceFile file) throws IOException {
        List<Graph> graphs = new ArrayList<>();
        ProtobufWalk.through(file, walk -> {
            OnnxReader reader = new OnnxReader(file, walk);
            graphs.add(reader.graph);
            return reader::modelField;
        });
        return graphs.get(0);
    }

    private void modelField(int field, int wireType) throws IOException {
        switch (field) {
            case 7 -> walk.message(this::graphField);
            case 14 -> stringEntry(graph.metadata);
            default -> walk.skip();
        }
    }

    private void graphField(int field, int wireType) throws IOException {
        switch (field) {
            case 1 -> node();
            case 5 -> {
                TensorProto tensor = new TensorProto();
                walk.message(tensor::field);
                graph.initializers.put(tensor.name, tensor.tensor(tensor.name));
            }
            default -> walk.skip();
        }
    }

    private void node() throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] operator = {""};
        Attributes attributes = new Attributes();
        walk.message((field, wireType) -> {
            switch (field) {
                case 1 -> inputs.add(walk.string());
                case 2 -> outputs.add(walk.string());
                case 4 -> operator[0] = walk.string();
                case 5 -> attributes.read();
                default -> walk.skip();
            }
        });
        if (operator[0].equals("Constant") && attributes.value != null && outputs.size() == 1) {
            String name = outputs.get(0);
            if (attributes.value.isFloatingPoint()) {
                graph.initializers.put(name, attributes.value.tensor(name));
            }
        }
        graph.nodes.add(new Node(operator[0], List.copyOf(inputs), attributes.transB));
    }

    /** Attributes of a node of which something is wanted. */
    private final class Attributes {
        private long transB;
        private TensorProto value;

        void read() throws IOException {
            String[] name = {""};
            long[] integer = {0};
            TensorProto tensor = new TensorProto();
            walk.message((field, wireType) -> {
                switch (field) {
                    case 1 -> name[0] = walk.string();
                    case 3 -> integer[0] = walk.number();
                    case 5 -> walk.message(tensor::field);
                    default -> walk.skip();
                }
            });
            if (name[0].equals("transB")) {
                transB = integer[0];
            } else if (name[0].equals("value")) {
                value = tensor;
            }
        }
    }

    private void stringEntry(Map<String, String> entries) throws IOException {
        String[] keyAndValue = {"", ""};
        walk.message((field, wireType) -> {
            if (field == 1 || field == 2) {
                keyAndValue[field - 1] = walk.string();
            } else {
                walk.skip();
            }
        });
        entries.put(keyAndValue[0], keyAndValue[1]);
    }

    /** {@code TensorProto}. */
    private final class TensorProto {
        private String name = "";
        private long type;
        private long location;
        private ProtobufWalk.Bytes raw;
        private final List<Long> dimensions = new ArrayList<>();
        private final NumberArray floats = new NumberArray(file, DataType.F32);
        private final NumberArray doubles = new NumberArray(file, DataType.F64);
        private final Map<String, String> external = new LinkedHashMap<>();

        void field(int field, int wireType) throws IOException {
            switch (field) {
                case 1 -> walk.numbers(wireType, dimensions);
                case 2 -> type = walk.number();
                case 4 -> floats.add(walk, wireType);
                case 8 -> name = walk.string();
                case 9 -> raw = walk.bytes();
                case 10 -> doubles.add(walk, wireType);
                case 13 -> stringEntry(external);
                case 14 -> location = walk.number();
                default -> walk.skip();
            }
        }

        boolean isFloatingPoint() {
            return type == 1 || type == 10 || type == 11 || type == 16;
        }

        /** The values; numbers of other types, such as shapes for {@code Reshape}, stand as a tensor without values. */
        Tensor tensor(String as) throws IOException {
            if (!isFloatingPoint()) {
                return new Tensor(DataType.F32, List.of(0), ByteBuffer.allocate(0));
            }
            DataType dataType =
                    switch ((int) type) {
                        case 1 -> DataType.F32;
                        case 10 -> DataType.F16;
                        case 11 -> DataType.F64;
                        default -> DataType.BF16;
                    };
            List<Integer> shape = Dimensions.check(file, as, dimensions);
            long length = file.byteSize(as, dataType, shape);
            if (location == EXTERNAL) {
                return externalTensor(as, dataType, shape, length);
            }
            if (raw != null) {
                requireLength(as, shape, length, raw.length());
                return file.tensor(as, dataType, shape, raw.offset());
            }
            NumberArray values = dataType == DataType.F64 ? doubles : floats;
            requireLength(as, shape, length, values.size() * dataType.bytes());
            return values.tensor(as, shape);
        }

        private Tensor externalTensor(String as, DataType dataType, List<Integer> shape, long length) {
            Path folder = file.path().toAbsolutePath().getParent();
            Path data = folder.resolve(external.getOrDefault("location", "")).normalize();
            if (!data.startsWith(folder) || data.equals(folder)) {
                throw file.failure(
                        "keeps tensor '%s' in '%s', outside its own folder".formatted(as, external.get("location")),
                        "put the external data beside the model, and name it so in the model");
            }
            try {
                long offset = Long.parseLong(external.getOrDefault("offset", "0"));
                requireLength(as, shape, length, Long.parseLong(external.getOrDefault("length", "" + length)));
                return SourceFile.read(data, other -> other.tensor(as, dataType, shape, offset));
            } catch (NumberFormatException e) {
                throw file.damaged("describes the place of tensor '%s' by %s".formatted(as, external), e);
            }
        }

        private void requireLength(String as, List<Integer> shape, long expected, long found) {
            if (expected != found) {
                throw file.damaged(
                        "has %d bytes for tensor '%s' of shape %s, expected %d".formatted(found, as, shape, expected));
            }
        }
    }
}
