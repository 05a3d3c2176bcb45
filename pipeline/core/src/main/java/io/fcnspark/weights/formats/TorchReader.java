package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.formats.PickleReader.Name;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the state dictionary in a file that {@code torch.save} wrote: a zip archive since PyTorch 1.6, a row of pickles followed
 * by the bare values before ({@code torch/serialization.py}).
 */
final class TorchReader {
    /** First pickle of the older format: protocol 2, and the number 0x1950a86a20f9469cfc6c. */
    static final byte[] LEGACY_MAGIC = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19,
        '.'
    };

    static final String REMEDY =
            "in Python, save the state dictionary alone: torch.save(model.state_dict(), \"weights.pth\")";

    private static final int LEGACY_PROTOCOL = 1001;

    /** Keys under which training scripts put the state dictionary beside other things. */
    private static final List<String> STATE_KEYS = List.of("state_dict", "model_state_dict", "model");

    private final SourceFile file;

    private TorchReader(SourceFile file) {
        this.file = file;
    }

    /** The tensors of a file in the zip format. */
    static Map<String, Tensor> readZip(SourceFile file) throws IOException {
        return new TorchReader(file).zip();
    }

    /** The tensors of a file in the older format. */
    static Map<String, Tensor> readLegacy(SourceFile file) throws IOException {
        return new TorchReader(file).legacy();
    }

    /** Values under a key; {@code first} is the index of the first that is meant, for views into another storage. */
    private record Storage(String type, String key, long first) {}

    /** A tensor as the pickle describes it, in values. */
    private record View(Storage storage, long offset, List<Integer> shape, List<Long> strides) {}

    /** Where the values of a storage begin, and how many bytes they are. */
    private record Place(long offset, long length) {}

    private Map<String, Tensor> zip() throws IOException {
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
        Object root = PickleReader.read(file, file.stream(offset, offset + zip.size(pickle)), new Vocabulary());
        return tensors(root, key -> new Place(zip.offset(folder + "data/" + key), zip.size(folder + "data/" + key)));
    }

    private Map<String, Tensor> legacy() throws IOException {
        RegionInputStream source = file.stream(0, file.size());
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
            Integer width = vocabulary.widths.get(String.valueOf(key));
            if (width == null || count < 0 || count > (file.size() - position) / width) {
                throw file.damaged("has a storage '%s' of %d values at byte %d".formatted(key, count, position));
            }
            places.put(String.valueOf(key), new Place(position + Long.BYTES, count * width));
            position += Long.BYTES + count * width;
        }
        return tensors(root, key -> {
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

    private Map<String, Tensor> tensors(Object root, Places places) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Map.Entry<?, ?> entry : stateDictionary(root).entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (!(entry.getValue() instanceof View view)) {
                throw file.failure("holds '%s' in its state dictionary, which is no tensor".formatted(name), REMEDY);
            }
            tensors.put(name, tensor(name, view, places.of(view.storage.key)));
        }
        return tensors;
    }

    private Map<?, ?> stateDictionary(Object root) {
        if (root instanceof Map<?, ?> map) {
            if (map.values().stream().anyMatch(View.class::isInstance)) {
                return map;
            }
            List<? extends Map<?, ?>> inner = STATE_KEYS.stream()
                    .map(map::get)
                    .flatMap(value -> value instanceof Map<?, ?> m ? Stream.of(m) : Stream.empty())
                    .toList();
            if (inner.size() == 1) {
                return inner.get(0);
            }
        }
        throw file.failure("holds no state dictionary, which maps names to tensors", REMEDY);
    }

    private Tensor tensor(String name, View view, Place place) throws IOException {
        DataType dataType = dataType(view.storage.type);
        if (dataType == null) {
            throw file.failure(
                    "holds tensor '%s' in a %s, expected floating-point numbers".formatted(name, view.storage.type),
                    REMEDY);
        }
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

        /** Bytes of a value, by the key of the storage. */
        private final Map<String, Integer> widths = new LinkedHashMap<>();

        @Override
        public boolean knows(String name) {
            return STORAGES.containsKey(name)
                    || List.of(ORDERED_DICT, REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_PARAMETER)
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
                case REBUILD_PARAMETER -> (View) arguments[0];
                default -> throw file.failure("holds a pickle that calls " + name, REMEDY);
            };
        }

        @Override
        public Object persistent(Object id) {
            Object[] parts = (Object[]) id;
            if (parts.length < 5 || !"storage".equals(parts[0]) || !STORAGES.containsKey(((Name) parts[1]).name())) {
                throw file.damaged("refers to a storage as " + Arrays.deepToString(parts));
            }
            String type = ((Name) parts[1]).name();
            String key = String.valueOf(parts[2]);
            widths.put(key, STORAGES.get(type));
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
