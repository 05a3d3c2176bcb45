package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.formats.PickleReader.FileText;
import io.fcnspark.weights.formats.PickleReader.Name;
import io.fcnspark.weights.formats.PickleReader.Opaque;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the state dictionary in a file that {@code torch.save} wrote: a zip archive since PyTorch 1.6, a row of pickles followed
 * by the bare values before ({@code torch/serialization.py}).
 */
final class TorchReader {
    /** In the first pickle of the older format, which holds nothing but the number 0x1950a86a20f9469cfc6c. */
    private static final byte[] LEGACY_MAGIC = {
        (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19, '.'
    };

    static final String REMEDY =
            "in Python, save the state dictionary alone: torch.save(model.state_dict(), \"weights.pth\")";

    private static final int LEGACY_PROTOCOL = 1001;

    private static final String TENSORS_REMEDY =
            "in Python, save its tensors alone: torch.save({n: t for n, t in state.items() if torch.is_tensor(t)},"
                    + " \"weights.pth\")";

    /** In the names of PyTorch's types for quantised numbers. */
    private static final Pattern QUANTISED = Pattern.compile("torch\\..*q(u?int\\d|tensor)");

    /** Keys under which training scripts put the state dictionary beside other things. */
    private static final List<String> STATE_KEYS =
            List.of("state_dict", "model_state_dict", "model", "model_state", "net", "network", "weights", "params");

    /** Dictionaries inside dictionaries that are looked through; one may hold itself. */
    private static final int DEEPEST = 3;

    private final SourceFile file;
    private final Map<String, Tensor> tensors = new TreeMap<>();
    private final Map<String, String> others = new TreeMap<>();

    private TorchReader(SourceFile file) {
        this.file = file;
    }

    /** The state dictionary of a file in the zip format. */
    static WeightFile readZip(SourceFile file) throws IOException {
        TorchReader reader = new TorchReader(file);
        reader.zip();
        return reader.content();
    }

    /** The state dictionary of a file in the older format. */
    static WeightFile readLegacy(SourceFile file) throws IOException {
        TorchReader reader = new TorchReader(file);
        reader.legacy();
        return reader.content();
    }

    /** Whether the file begins as the older format does, in any protocol of pickles; later ones put a frame around the number. */
    static boolean isLegacy(byte[] start) {
        return Stream.of(2, 11)
                .anyMatch(offset -> start.length >= offset + LEGACY_MAGIC.length
                        && start[0] == (byte) 0x80
                        && Arrays.equals(
                                start, offset, offset + LEGACY_MAGIC.length, LEGACY_MAGIC, 0, LEGACY_MAGIC.length));
    }

    private WeightFile content() {
        return WeightFile.of(file.path(), WeightFormat.TORCH, tensors).withOthers(others);
    }

    /** Values under a key; {@code first} is the index of the first that is meant, for views into another storage. */
    private record Storage(String type, String key, long first) {}

    /** A tensor as the pickle describes it, in values. */
    private record View(Storage storage, long offset, List<Integer> shape, List<Long> strides) {}

    /** Where the values of a storage begin, and how many bytes they are. */
    private record Place(long offset, long length) {}

    private void zip() throws IOException {
        ZipContents zip = ZipContents.open(file);
        String pickle = zip.names().stream()
                .filter(name -> name.endsWith("/data.pkl"))
                .findFirst()
                .orElseThrow(() -> file.damaged("is a zip archive without 'data.pkl'"));
        String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
        if (zip.names().contains(folder + "byteorder")) {
            ByteBuffer order =
                    file.bytes(zip.offset(folder + "byteorder"), (int) Math.min(16, zip.size(folder + "byteorder")));
            requireLittleEndian(
                    StandardCharsets.US_ASCII.decode(order).toString().equals("little"));
        }
        long offset = zip.offset(pickle);
        Object root = PickleReader.read(
                file, new RegionInputStream(file, offset, offset + zip.size(pickle)), new Vocabulary());
        readState(root, key -> new Place(zip.offset(folder + "data/" + key), zip.size(folder + "data/" + key)));
    }

    private void legacy() throws IOException {
        RegionInputStream source = new RegionInputStream(file, 0, file.size());
        Vocabulary vocabulary = new Vocabulary();
        Object magic = PickleReader.read(file, source, vocabulary);
        Object protocol = PickleReader.read(file, source, vocabulary);
        if (!(magic instanceof BigInteger) || !(protocol instanceof Number n && n.intValue() == LEGACY_PROTOCOL)) {
            throw file.damaged("has protocol %s of torch.save, expected %d".formatted(protocol, LEGACY_PROTOCOL));
        }
        Object system = PickleReader.read(file, source, vocabulary);
        requireLittleEndian(system instanceof Map<?, ?> m && Boolean.TRUE.equals(m.get("little_endian")));
        Object root = PickleReader.read(file, source, vocabulary);
        if (!(PickleReader.read(file, source, vocabulary) instanceof List<?> keys)) {
            throw file.damaged("has no list of storages behind its pickle");
        }
        Map<String, Place> places = new LinkedHashMap<>();
        long position = source.position();
        for (Object key : keys) {
            long count = file.bytes(position, Long.BYTES).getLong();
            String type = vocabulary.types.get(String.valueOf(key));
            Integer width = type == null ? null : Vocabulary.STORAGES.get(type);
            if (type != null && width == null) {
                throw file.failure("holds values in a " + type, TENSORS_REMEDY);
            }
            if (width == null || count < 0 || count > (file.size() - position) / width) {
                throw file.damaged("has a storage '%s' of %d values at byte %d".formatted(key, count, position));
            }
            places.put(String.valueOf(key), new Place(position + Long.BYTES, count * width));
            position += Long.BYTES + count * width;
        }
        readState(root, key -> {
            Place place = places.get(key);
            if (place == null) {
                throw file.damaged("has no storage '%s'".formatted(key));
            }
            return place;
        });
    }

    private void requireLittleEndian(boolean littleEndian) {
        if (!littleEndian) {
            throw file.failure("was written on a big-endian machine", "save it on a little-endian one");
        }
    }

    /** Finds the values of a storage. */
    private interface Places {
        Place of(String key);
    }

    private void readState(Object root, Places places) throws IOException {
        for (Map.Entry<?, ?> entry : stateDictionary(root, DEEPEST).entrySet()) {
            String name = String.valueOf(entry.getKey());
            Object value = entry.getValue();
            if (value instanceof View view) {
                add(name, view, places);
            } else if (!isPlain(value)) {
                throw file.failure(
                        "holds '%s' in its state dictionary, which is no tensor, but %s"
                                .formatted(name, PickleReader.describe(value)),
                        value instanceof Opaque opaque
                                        && QUANTISED.matcher(opaque.name()).find()
                                ? "this network is quantised: take it as it was before"
                                : TENSORS_REMEDY);
            }
        }
    }

    private void add(String name, View view, Places places) throws IOException {
        if (dataType(view.storage.type) != null) {
            tensors.put(name, tensor(name, view, places.of(view.storage.key)));
        } else if (!Dimensions.isSingle(view.shape)) {
            // A single whole number counts something: the batches that a batch normalisation has seen, for example.
            others.put(name, "%s %s".formatted(view.storage.type, view.shape));
        }
    }

    /** Numbers, texts and nothing, which are no weights: an epoch, the name of a network. */
    private static boolean isPlain(Object value) {
        return value == null
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof String
                || value instanceof FileText;
    }

    private Map<?, ?> stateDictionary(Object root, int levels) {
        if (root instanceof Opaque opaque) {
            throw opaque.name().startsWith("__torch__.")
                    ? file.failure(
                            "holds a TorchScript module",
                            "in Python, save its state dictionary alone: torch.save(torch.jit.load(file).state_dict(),"
                                    + " \"weights.pth\")")
                    : file.failure(
                            "holds a whole object of class %s instead of a state dictionary; nothing of it was executed"
                                    .formatted(opaque.name()),
                            REMEDY);
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw file.failure("holds no state dictionary, but " + PickleReader.describe(root), REMEDY);
        }
        Map<String, Map<?, ?>> inner = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> m && hasTensors(m)) {
                inner.put(String.valueOf(key), m);
            }
        });
        List<String> usual = STATE_KEYS.stream().filter(inner::containsKey).toList();
        if (usual.size() == 1) {
            return inner.get(usual.get(0));
        }
        if (usual.isEmpty() && hasTensors(map)) {
            return map;
        }
        if (usual.isEmpty() && inner.size() == 1) {
            return inner.values().iterator().next();
        }
        List<Map<?, ?>> deeper = STATE_KEYS.stream()
                .map(map::get)
                .<Map<?, ?>>flatMap(value -> value instanceof Map<?, ?> m ? Stream.of(m) : Stream.empty())
                .toList();
        if (inner.isEmpty() && deeper.size() == 1 && levels > 0) {
            return stateDictionary(deeper.get(0), levels - 1);
        }
        throw inner.isEmpty()
                ? file.failure(
                        "holds no state dictionary, which maps names to tensors, but a dictionary with "
                                + Listing.of(map.entrySet().stream()
                                        .map(TorchReader::described)
                                        .toList()),
                        REMEDY)
                : file.failure(
                        "holds more than one state dictionary: " + Listing.of(inner.keySet()),
                        "in Python, save one of them alone: torch.save(torch.load(file)[\"%s\"], \"weights.pth\")"
                                .formatted(inner.keySet().iterator().next()));
    }

    private static String described(Map.Entry<?, ?> entry) {
        return "%s (%s)".formatted(entry.getKey(), PickleReader.describe(entry.getValue()));
    }

    /** Whether a dictionary holds weights: single values may be an accuracy. */
    private static boolean hasTensors(Map<?, ?> map) {
        return map.values().stream().anyMatch(value -> value instanceof View view && !Dimensions.isSingle(view.shape));
    }

    private Tensor tensor(String name, View view, Place place) throws IOException {
        DataType dataType = dataType(view.storage.type);
        file.byteSize(name, dataType, view.shape);
        ByteBuffer values = file.map(name, place.offset, place.length).order(ByteOrder.LITTLE_ENDIAN);
        Strided strided = new Strided(dataType, values, view.storage.first + view.offset, view.shape, view.strides);
        if (strided.offset() < 0 || (strided.offset() + strided.extent()) > place.length / dataType.bytes()) {
            throw file.damaged("holds tensor '%s' of shape %s, which reaches beyond its storage of %d bytes"
                    .formatted(name, view.shape, place.length));
        }
        return strided.toTensor();
    }

    private static DataType dataType(String storage) {
        return switch (storage) {
            case "torch.FloatStorage" -> DataType.F32;
            case "torch.DoubleStorage" -> DataType.F64;
            case "torch.HalfStorage" -> DataType.F16;
            case "torch.BFloat16Storage" -> DataType.BF16;
            default -> null;
        };
    }

    /** The calls and classes of which a state dictionary consists. */
    private final class Vocabulary implements PickleReader.Vocabulary {
        private static final String ORDERED_DICT = "collections.OrderedDict";
        private static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor";
        private static final String REBUILD_TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
        private static final String REBUILD_PARAMETER = "torch._utils._rebuild_parameter";
        private static final String REBUILD_PARAMETER_WITH_STATE = "torch._utils._rebuild_parameter_with_state";

        /** Bytes of a value of each kind of storage. */
        private static final Map<String, Integer> STORAGES = Map.of(
                "torch.FloatStorage", 4,
                "torch.DoubleStorage", 8,
                "torch.HalfStorage", 2,
                "torch.BFloat16Storage", 2,
                "torch.LongStorage", 8,
                "torch.IntStorage", 4,
                "torch.ShortStorage", 2,
                "torch.CharStorage", 1,
                "torch.ByteStorage", 1,
                "torch.BoolStorage", 1);

        /** Class of a storage by its key. */
        private final Map<String, String> types = new LinkedHashMap<>();

        @Override
        public boolean knows(String name) {
            return STORAGES.containsKey(name)
                    || Set.of(
                                    ORDERED_DICT,
                                    REBUILD_TENSOR,
                                    REBUILD_TENSOR_V2,
                                    REBUILD_PARAMETER,
                                    REBUILD_PARAMETER_WITH_STATE)
                            .contains(name);
        }

        @Override
        public Object call(String name, Object[] arguments) {
            return switch (name) {
                case ORDERED_DICT -> new OrderedDictionary();
                case REBUILD_TENSOR, REBUILD_TENSOR_V2 ->
                    new View(
                            (Storage) arguments[0],
                            number(arguments[1]),
                            dimensions(arguments[2]),
                            strides(arguments[3]));
                // Of a tensor of which nothing is known, nothing becomes known.
                case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> arguments[0];
                default -> throw file.damaged("holds a pickle that calls " + name);
            };
        }

        @Override
        public Object persistent(Object id) {
            Object[] parts = (Object[]) id;
            if (parts.length > 1 && "module".equals(parts[0])) {
                // A class together with its source, in files of whole modules.
                return parts[1];
            }
            if (parts.length < 5 || !"storage".equals(parts[0])) {
                throw file.damaged("refers to a storage as " + Arrays.deepToString(parts));
            }
            String type = parts[1] instanceof Name name ? name.name() : ((Opaque) parts[1]).name();
            String key = String.valueOf(parts[2]);
            types.put(key, type);
            // The older format can say that a storage is a part of another: (key, first value, number of values).
            long first = parts.length > 5 && parts[5] != null ? number(((Object[]) parts[5])[1]) : 0;
            return new Storage(type, key, first);
        }

        @Override
        public String remedy() {
            return REMEDY;
        }

        private List<Integer> dimensions(Object tuple) {
            return Arrays.stream((Object[]) tuple)
                    .map(d -> Math.toIntExact(natural(d)))
                    .toList();
        }

        private List<Long> strides(Object tuple) {
            return Arrays.stream((Object[]) tuple).map(this::natural).toList();
        }

        private long natural(Object value) {
            long number = number(value);
            if (number < 0) {
                throw file.damaged("has a tensor with %d as a dimension or stride".formatted(number));
            }
            return number;
        }

        private static long number(Object value) {
            return ((Number) value).longValue();
        }
    }

    /** A dictionary whose attributes, such as {@code _metadata}, are of no interest. */
    @SuppressWarnings("JdkObsolete")
    private static final class OrderedDictionary extends LinkedHashMap<Object, Object>
            implements PickleReader.Stateful {
        @Override
        public void receive(Object attributes) {}
    }
}
