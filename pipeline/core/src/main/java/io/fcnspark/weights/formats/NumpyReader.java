package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * Reads NumPy's files ({@code numpy/lib/format.py}): {@code .npz}, a zip archive of arrays, compressed or not, and
 * {@code .npy} with a pickled dictionary of layers, as tensorflow-vgg's {@code vgg16.npy} is.
 */
final class NumpyReader {
    /** How every array begins. */
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** Ends the names of arrays in an archive. */
    static final String EXTENSION = ".npy";

    /** What caffe-tensorflow and others call the arrays of a layer. */
    private static final Map<String, String> ROLES = Map.of(
            "weights", "[0]", "weight", "[0]", "W", "[0]", "kernel", "[0]", "biases", "[1]", "bias", "[1]", "b", "[1]");

    private static final int MAX_HEADER = 1 << 16;
    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\sL]*)\\)");

    private final SourceFile file;

    private NumpyReader(SourceFile file) {
        this.file = file;
    }

    /** Arrays of an archive, each under the name of its entry without the ending. */
    static Map<String, Tensor> readArchive(SourceFile file) throws IOException {
        return new NumpyReader(file).archive();
    }

    /** Arrays of a pickled dictionary; those of list {@code conv1_1} are named {@code conv1_1[0]} and {@code conv1_1[1]}, and so are its weights and biases if it is a dictionary. */
    static Map<String, Tensor> readDictionary(SourceFile file) throws IOException {
        return new NumpyReader(file).dictionary();
    }

    /** What stands before the values of an array. */
    private record Header(String type, boolean fortran, List<Integer> shape, int length) {}

    private Map<String, Tensor> archive() throws IOException {
        ZipContents zip = ZipContents.open(file);
        Map<String, Tensor> tensors = new TreeMap<>();
        for (String entry : zip.names()) {
            if (!entry.endsWith(EXTENSION)) {
                throw file.failure(
                        "is a zip archive with an entry '%s'".formatted(entry), "name an archive of numpy.savez");
            }
            String name = entry.substring(0, entry.length() - EXTENSION.length());
            tensors.put(name, zip.isStored(entry) ? stored(zip, entry, name) : compressed(zip, entry, name));
        }
        return tensors;
    }

    private Tensor stored(ZipContents zip, String entry, String name) throws IOException {
        long offset = zip.offset(entry);
        Header header = header(name, new RegionInputStream(file, offset, offset + zip.size(entry)));
        NumpyType type = type(name, header);
        long length = file.byteSize(name, type.dataType(), header.shape);
        requireLength(name, header, length, zip.size(entry) - header.length);
        return tensor(header, type, file.map(name, offset + header.length, length));
    }

    private Tensor compressed(ZipContents zip, String entry, String name) throws IOException {
        try (InputStream stream = zip.stream(entry)) {
            Header header = header(name, stream);
            NumpyType type = type(name, header);
            long length = file.byteSize(name, type.dataType(), header.shape);
            requireLength(name, header, length, zip.size(entry) - header.length);
            ByteBuffer values = ByteBuffer.allocateDirect((int) length);
            ReadableByteChannel channel = Channels.newChannel(stream);
            while (values.hasRemaining()) {
                if (channel.read(values) < 0) {
                    throw new EOFException("the entry ended early");
                }
            }
            return tensor(header, type, values.flip());
        } catch (EOFException | ZipException e) {
            throw file.damaged("cannot decompress tensor '%s' (%s)".formatted(name, e.getMessage()), e);
        }
    }

    private void requireLength(String name, Header header, long expected, long found) {
        if (expected != found) {
            throw file.damaged("has %d bytes for tensor '%s' of shape %s and type %s, expected %d"
                    .formatted(found, name, header.shape, header.type, expected));
        }
    }

    private NumpyType type(String name, Header header) {
        return NumpyType.of(header.type)
                .orElseThrow(() -> file.failure(
                        "has tensor '%s' in NumPy's type %s, expected one of f2, f4, f8".formatted(name, header.type),
                        "save it as float32"));
    }

    private static Tensor tensor(Header header, NumpyType type, ByteBuffer values) {
        return type.tensor(values, header.shape, header.fortran);
    }

    private Map<String, Tensor> dictionary() throws IOException {
        RegionInputStream source = new RegionInputStream(file, 0, file.size());
        Header header = header("array", source);
        if (!header.type.equals("|O")) {
            throw file.failure(
                    "holds one array of type %s and shape %s".formatted(header.type, header.shape),
                    "name a file with all layers: a dictionary saved by numpy.save, or an archive of numpy.savez");
        }
        NumpyPickle pickle = new NumpyPickle(file);
        Object root = PickleReader.read(file, source, pickle);
        Map<String, Tensor> tensors = new TreeMap<>();
        if (!(pickle.only(root) instanceof Map<?, ?> layers)) {
            throw file.failure("holds no dictionary of layers", pickle.remedy());
        }
        for (Map.Entry<?, ?> layer : layers.entrySet()) {
            if (layer.getValue() instanceof Map<?, ?> named) {
                for (Map.Entry<?, ?> array : named.entrySet()) {
                    String name = layer.getKey() + ROLES.getOrDefault(array.getKey(), "." + array.getKey());
                    tensors.put(name, pickle.tensor(name, array.getValue()));
                }
                continue;
            }
            List<?> arrays = elements(layer.getValue());
            for (int i = 0; i < arrays.size(); i++) {
                String name = "%s[%d]".formatted(layer.getKey(), i);
                tensors.put(name, pickle.tensor(name, arrays.get(i)));
            }
        }
        return tensors;
    }

    private static List<?> elements(Object layer) {
        if (layer instanceof Object[] tuple) {
            return Arrays.asList(tuple);
        }
        return layer instanceof List<?> list ? list : List.of(layer);
    }

    /** Reads what stands before the values: magic, version, length, and a Python dictionary in ASCII. */
    private Header header(String name, InputStream stream) throws IOException {
        byte[] start = stream.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw file.damaged("does not begin array '%s' as NumPy does".formatted(name));
        }
        int lengthBytes = start[6] == 1 ? 2 : 4;
        byte[] prefix = Arrays.copyOf(stream.readNBytes(lengthBytes), 4);
        int length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > MAX_HEADER) {
            throw file.damaged("announces a header of %d bytes for array '%s'".formatted(length, name));
        }
        String text = new String(stream.readNBytes(length), StandardCharsets.ISO_8859_1);
        Matcher type = DESCRIPTION.matcher(text);
        Matcher fortran = FORTRAN.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!type.find() || !fortran.find() || !shape.find()) {
            throw file.damaged("describes array '%s' by \"%s\"".formatted(name, text.strip()));
        }
        return new Header(
                type.group(1), fortran.group(1).equals("True"), shape(name, shape.group(1)), 8 + lengthBytes + length);
    }

    /** A Python tuple of numbers without its parentheses; Python 2 wrote some of them with an L. */
    private List<Integer> shape(String name, String tuple) {
        try {
            return Dimensions.check(
                    file,
                    name,
                    Stream.of(tuple.replace("L", "").split(","))
                            .map(String::strip)
                            .filter(number -> !number.isEmpty())
                            .map(Long::valueOf)
                            .toList());
        } catch (NumberFormatException e) {
            throw file.damaged("gives array '%s' the shape (%s)".formatted(name, tuple), e);
        }
    }
}
