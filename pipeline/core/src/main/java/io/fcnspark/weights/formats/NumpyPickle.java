package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.formats.PickleReader.FileBytes;
import io.fcnspark.weights.formats.PickleReader.FileText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The calls and classes of which pickled NumPy arrays consist, as Python 2 and 3 and NumPy 1 and 2 write them. */
final class NumpyPickle implements PickleReader.Vocabulary {
    private static final String ENCODE = "_codecs.encode";
    private static final String ARRAY = "numpy.ndarray";
    private static final String TYPE = "numpy.dtype";
    private static final Set<String> RECONSTRUCT =
            Set.of("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct");

    private final SourceFile file;

    NumpyPickle(SourceFile file) {
        this.file = file;
    }

    @Override
    public boolean knows(String name) {
        return Set.of(ENCODE, ARRAY, TYPE).contains(name) || RECONSTRUCT.contains(name);
    }

    @Override
    public Object call(String name, Object[] arguments) {
        if (RECONSTRUCT.contains(name)) {
            return new Array();
        }
        return switch (name) {
            case TYPE -> new Type((String) arguments[0]);
            case ENCODE -> encoded(arguments);
            default -> throw file.failure("holds a pickle that calls " + name, remedy());
        };
    }

    @Override
    public Object persistent(Object id) {
        throw file.damaged("holds a pickle that refers to something outside it");
    }

    @Override
    public String remedy() {
        return "in Python, save arrays alone: numpy.savez(\"weights.npz\", conv1_1_W=…, conv1_1_b=…, …)";
    }

    /** The element of an array that has one. */
    Object only(Object array) {
        if (array instanceof Array a && a.objects() != null && a.objects().size() == 1) {
            return a.objects().get(0);
        }
        throw file.failure("holds no dictionary of layers, but " + PickleReader.describe(array), remedy());
    }

    /** The values of an array. */
    Tensor tensor(String name, Object value) throws IOException {
        if (!(value instanceof Array array) || array.type == null) {
            throw file.failure(
                    "holds '%s', which is no array, but %s".formatted(name, PickleReader.describe(value)), remedy());
        }
        return array.tensor(name);
    }

    /** Bytes that a text stands for, one a character: how Python 3 writes bytes in the pickles of Python 2. */
    private Object encoded(Object[] arguments) {
        if (!"latin1".equals(arguments[1])) {
            throw file.damaged("holds a pickle with bytes as text in " + arguments[1]);
        }
        return arguments[0] instanceof FileText text
                ? text
                : ((String) arguments[0]).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code numpy.dtype}: made with kind and size, and told its byte order afterwards. */
    private static final class Type implements PickleReader.Stateful {
        private final String kindAndSize;
        private String order = "<";

        Type(String kindAndSize) {
            this.kindAndSize = kindAndSize;
        }

        @Override
        public void receive(Object state) {
            order = (String) ((Object[]) state)[1];
        }

        Optional<NumpyType> numpyType() {
            return NumpyType.of(order + kindAndSize);
        }
    }

    /** {@code numpy.ndarray}: made empty, and told (version, shape, type, Fortran's order, values) afterwards. */
    private final class Array implements PickleReader.Stateful {
        private List<Long> dimensions;
        private Type type;
        private boolean fortranOrder;
        private Object values;

        @Override
        public void receive(Object state) {
            Object[] parts = (Object[]) state;
            dimensions = Arrays.stream((Object[]) parts[1])
                    .map(d -> ((Number) d).longValue())
                    .toList();
            type = (Type) parts[2];
            fortranOrder = (Boolean) parts[3];
            values = parts[4];
        }

        List<?> objects() {
            return values instanceof List<?> list ? list : null;
        }

        Tensor tensor(String name) throws IOException {
            List<Integer> shape = Dimensions.check(file, name, dimensions);
            NumpyType numpyType = type.numpyType()
                    .orElseThrow(() -> file.failure(
                            "has tensor '%s' in NumPy's type %s, expected one of f2, f4, f8"
                                    .formatted(name, type.kindAndSize),
                            remedy()));
            long length = file.byteSize(name, numpyType.dataType(), shape);
            ByteBuffer bytes = bytes(name, length);
            if (bytes.remaining() != length) {
                throw file.damaged("has %d bytes for tensor '%s' of shape %s, expected %d"
                        .formatted(bytes.remaining(), name, shape, length));
            }
            return numpyType.tensor(bytes, shape, fortranOrder);
        }

        private ByteBuffer bytes(String name, long length) throws IOException {
            if (values instanceof byte[] inMemory) {
                return ByteBuffer.wrap(inMemory);
            }
            if (values instanceof FileBytes inFile) {
                return file.map(name, inFile.offset(), inFile.length());
            }
            if (values instanceof FileText text) {
                return latin1(name, text.utf8(), length);
            }
            if (values instanceof String binary) {
                return ByteBuffer.wrap(binary.getBytes(StandardCharsets.ISO_8859_1));
            }
            throw file.failure("holds '%s', an array of objects".formatted(name), remedy());
        }

        /** The bytes for which characters up to U+00FF stand, from their UTF-8: those above U+007F take two bytes there. */
        private ByteBuffer latin1(String name, FileBytes utf8, long length) throws IOException {
            ByteBuffer source = file.map(name, utf8.offset(), utf8.length());
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) length);
            while (source.hasRemaining() && bytes.hasRemaining()) {
                int first = source.get() & 0xff;
                int character =
                        first < 0x80 || !source.hasRemaining() ? first : ((first & 0x1f) << 6) | (source.get() & 0x3f);
                bytes.put((byte) character);
            }
            if (source.hasRemaining()) {
                throw file.damaged("has more values for tensor '%s' than its shape says".formatted(name));
            }
            return bytes.flip();
        }
    }
}
