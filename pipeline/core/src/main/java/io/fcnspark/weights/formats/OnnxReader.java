package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an ONNX model ({@code onnx.proto}): the nodes of its graph, and its initialisers, in the file itself or in files of
 * external data beside it.
 */
final class OnnxReader {
    private static final int EXTERNAL = 1;

    private final SourceFile file;
    private final ProtobufWalk walk;
    private final Graph graph = new Graph(
            new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());

    private OnnxReader(SourceFile file, ProtobufWalk walk) {
        this.file = file;
        this.walk = walk;
    }

    /**
     * What a model holds.
     *
     * @param initializers floating-point constants by name
     * @param integers number of values of all other constants by name
     * @param nodes in the order of the graph
     * @param inputs names of the graph's inputs; initialisers may be among them
     * @param metadata of the file
     */
    record Graph(
            Map<String, Tensor> initializers,
            Map<String, Long> integers,
            List<Node> nodes,
            List<String> inputs,
            Map<String, String> metadata) {}

    /**
     * A node of the graph.
     *
     * @param operator for example {@code Conv}; with its domain before it if it is not one of ONNX's own
     * @param attributes those that are a whole number, whole numbers, a number or a text, as lists
     */
    record Node(String operator, List<String> inputs, List<String> outputs, Map<String, List<Object>> attributes) {
        /** The whole numbers of an attribute; empty if it is not set. */
        List<Long> integers(String name) {
            return attributes.getOrDefault(name, List.of()).stream()
                    .filter(Long.class::isInstance)
                    .map(Long.class::cast)
                    .toList();
        }

        long integer(String name, long absent) {
            return integers(name).stream().findFirst().orElse(absent);
        }

        float number(String name, float absent) {
            return attributes.getOrDefault(name, List.of()).stream()
                    .filter(Float.class::isInstance)
                    .map(Float.class::cast)
                    .findFirst()
                    .orElse(absent);
        }

        String text(String name) {
            return attributes.getOrDefault(name, List.of()).stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .findFirst()
                    .orElse("");
        }
    }

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
                constant(tensor.name, tensor);
            }
            case 11 ->
                walk.message((inputField, inputWireType) -> {
                    if (inputField == 1) {
                        graph.inputs.add(walk.string());
                    } else {
                        walk.skip();
                    }
                });
            default -> walk.skip();
        }
    }

    private void constant(String name, TensorProto tensor) throws IOException {
        if (tensor.isFloatingPoint()) {
            graph.initializers.put(name, tensor.tensor(name));
        } else {
            graph.integers.put(name, Dimensions.count(Dimensions.check(file, name, tensor.dimensions)));
        }
    }

    private void node() throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] operatorAndDomain = {"", ""};
        Map<String, List<Object>> attributes = new LinkedHashMap<>();
        List<TensorProto> value = new ArrayList<>();
        walk.message((field, wireType) -> {
            switch (field) {
                case 1 -> inputs.add(walk.string());
                case 2 -> outputs.add(walk.string());
                case 4 -> operatorAndDomain[0] = walk.string();
                case 5 -> attribute(attributes, value);
                case 7 -> operatorAndDomain[1] = walk.string();
                default -> walk.skip();
            }
        });
        String domain = operatorAndDomain[1];
        String operator = domain.isEmpty() || domain.equals("ai.onnx")
                ? operatorAndDomain[0]
                : domain + "." + operatorAndDomain[0];
        if (operator.equals("Constant") && outputs.size() == 1) {
            if (value.isEmpty()) {
                graph.integers.put(
                        outputs.get(0),
                        attributes.values().stream().mapToLong(List::size).sum());
            } else {
                constant(outputs.get(0), value.get(0));
            }
        } else {
            graph.nodes.add(new Node(operator, List.copyOf(inputs), List.copyOf(outputs), attributes));
        }
    }

    private void attribute(Map<String, List<Object>> attributes, List<TensorProto> value) throws IOException {
        String[] name = {""};
        List<Object> values = new ArrayList<>();
        walk.message((field, wireType) -> {
            switch (field) {
                case 1 -> name[0] = walk.string();
                case 2 -> values.add(Float.intBitsToFloat(walk.fixed32()));
                case 3 -> values.add(walk.number());
                case 4 -> values.add(walk.string());
                case 5 -> {
                    TensorProto tensor = new TensorProto();
                    walk.message(tensor::field);
                    value.add(tensor);
                }
                case 8 -> {
                    List<Long> numbers = new ArrayList<>();
                    walk.numbers(wireType, numbers);
                    values.addAll(numbers);
                }
                default -> walk.skip();
            }
        });
        attributes.put(name[0], values);
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
        private final NumberArray halves = new NumberArray(file, DataType.F16);
        private final Map<String, String> external = new LinkedHashMap<>();

        void field(int field, int wireType) throws IOException {
            switch (field) {
                case 1 -> walk.numbers(wireType, dimensions);
                case 2 -> type = walk.number();
                case 4 -> floats.add(walk, wireType);
                case 5 -> {
                    if (type == 10 || type == 16) {
                        halves.addHalves(walk, wireType);
                    } else {
                        walk.skip();
                    }
                }
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

        Tensor tensor(String as) throws IOException {
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
            NumberArray values =
                    switch (dataType) {
                        case F64 -> doubles;
                        case F32 -> floats;
                        default -> halves;
                    };
            requireLength(as, shape, length, values.size() * dataType.bytes());
            Tensor tensor = values.tensor(as, shape);
            return tensor.dataType() == dataType ? tensor : new Tensor(dataType, shape, tensor.bytes());
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
