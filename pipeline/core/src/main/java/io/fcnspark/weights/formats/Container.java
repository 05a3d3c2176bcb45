package io.fcnspark.weights.formats;

import com.google.protobuf.WireFormat;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Safetensors;
import io.fcnspark.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a file is laid out, found from its bytes: some formats have more than one layout. */
enum Container {
    SAFETENSORS(WeightFormat.SAFETENSORS),
    KERAS_HDF5(WeightFormat.KERAS),
    KERAS_ZIP(WeightFormat.KERAS),
    CAFFE_HDF5(WeightFormat.CAFFE),
    NPY(WeightFormat.NUMPY),
    NPZ(WeightFormat.NUMPY),
    TORCH_ZIP(WeightFormat.TORCH),
    TORCH_LEGACY(WeightFormat.TORCH),
    NET_PARAMETER(WeightFormat.CAFFE),
    MODEL_PROTO(WeightFormat.ONNX);

    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte PICKLE = (byte) 0x80;

    /** HDF5 may begin at byte 0, 512, 1024, 2048, … */
    private static final int FIRST_HDF5_USER_BLOCK = 512;

    /** Bytes by which files are told that are no weights. */
    private static final int MAX_BEGINNING = 512;

    /** Longest header of a safetensors file. */
    private static final long MAX_JSON = 100_000_000;

    private static final String EXPECTED =
            "expected a .caffemodel, a .pth of torch.save, .safetensors, Keras .h5 or .keras, NumPy .npz or .npy, or"
                    + " .onnx: check that the download is complete and no web page";

    private final WeightFormat format;

    Container(WeightFormat format) {
        this.format = format;
    }

    WeightFormat format() {
        return format;
    }

    /**
     * Tells the layout of a file.
     *
     * @throws ModelException if it is none of these
     */
    static Container of(SourceFile file) throws IOException {
        if (file.size() == 0) {
            throw file.damaged("is empty");
        }
        byte[] start = file.bytes(0, (int) Math.min(32, file.size())).array();
        if (TorchReader.isLegacy(start)) {
            return TORCH_LEGACY;
        }
        if (startsWith(start, NumpyReader.MAGIC)) {
            return NPY;
        }
        if (isHdf5(file)) {
            return CaffeHdfReader.isCaffe(file) ? CAFFE_HDF5 : KERAS_HDF5;
        }
        if (startsWith(start, ZIP)) {
            return zip(file);
        }
        if (start.length > Long.BYTES
                && start[Long.BYTES] == '{'
                && Long.compareUnsigned(
                                ByteBuffer.wrap(start)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .getLong(),
                                MAX_JSON)
                        <= 0) {
            return SAFETENSORS;
        }
        if (start[0] == PICKLE) {
            throw file.failure("is a bare Python pickle, which no tool publishes weights in", TorchReader.REMEDY);
        }
        Optional<String> other = OtherFile.describe(
                file.bytes(0, (int) Math.min(MAX_BEGINNING, file.size())).array());
        if (other.isPresent()) {
            throw new ModelException("%s: %s".formatted(file.path(), other.get()));
        }
        return protobuf(file);
    }

    /** Reads a file that has this layout. */
    WeightFile read(SourceFile file) throws IOException {
        return switch (this) {
            case SAFETENSORS -> safetensors(file);
            case KERAS_HDF5 -> KerasReader.read(file);
            case KERAS_ZIP -> KerasReader.readArchive(file);
            case CAFFE_HDF5 -> WeightFile.of(file.path(), format, CaffeHdfReader.read(file));
            case NPY -> WeightFile.of(file.path(), format, NumpyReader.readDictionary(file));
            case NPZ -> WeightFile.of(file.path(), format, NumpyReader.readArchive(file));
            case TORCH_ZIP -> TorchReader.readZip(file);
            case TORCH_LEGACY -> TorchReader.readLegacy(file);
            case NET_PARAMETER -> WeightFile.of(file.path(), format, CaffeReader.read(file));
            case MODEL_PROTO -> OnnxNetwork.read(file, OnnxReader.read(file));
        };
    }

    private static WeightFile safetensors(SourceFile file) {
        Map<String, String> others = new LinkedHashMap<>();
        SafetensorsFile content = Safetensors.read(file.path(), (name, type, shape) -> {
            if (!Dimensions.isSingle(shape)) {
                others.put(name, "%s %s".formatted(type, shape));
            }
        });
        content.weights().tensors().forEach((name, tensor) -> {
            if (tensor.dataType() == DataType.I8) {
                throw file.failure(
                        "holds the tensor '%s' of integers (I8)".formatted(name),
                        "import real weights, and let fcn quantise make integers of them");
            }
        });
        return WeightFile.of(
                        file.path(), WeightFormat.SAFETENSORS, content.weights().tensors())
                .withOthers(others)
                .withMetadata(content.metadata());
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static boolean isHdf5(SourceFile file) throws IOException {
        int length = HdfReader.MAGIC.length;
        for (long offset = 0;
                offset <= file.size() - length;
                offset = offset == 0 ? FIRST_HDF5_USER_BLOCK : 2 * offset) {
            if (Arrays.equals(file.bytes(offset, length).array(), HdfReader.MAGIC)) {
                return true;
            }
        }
        return false;
    }

    private static Container zip(SourceFile file) throws IOException {
        List<String> names = ZipContents.open(file).names();
        if (names.stream().anyMatch(name -> name.endsWith("/data.pkl"))) {
            return TORCH_ZIP;
        }
        if (!names.isEmpty() && names.stream().allMatch(name -> name.endsWith(NumpyReader.EXTENSION))) {
            return NPZ;
        }
        if (names.contains(KerasReader.ARCHIVED_WEIGHTS)) {
            return KERAS_ZIP;
        }
        if (names.stream().anyMatch(name -> name.endsWith("/archive_format"))) {
            throw file.failure(
                    "is a program of torch.export",
                    "in Python, save its state dictionary alone: torch.save(torch.export.load(file).state_dict,"
                            + " \"weights.pth\")");
        }
        throw file.failure("is a zip archive, but neither of torch.save nor of numpy.savez or Keras", EXPECTED);
    }

    /**
     * Tells the two protobuf formats apart by the fields of their outermost message: an ONNX model has its graph in 7; a Caffe
     * net its layers in 2 or 100, and in 7 a flag.
     */
    private static Container protobuf(SourceFile file) throws IOException {
        boolean[] graph = {false};
        boolean[] layers = {false};
        try {
            ProtobufWalk.through(file, walk -> (field, wireType) -> {
                boolean message = wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
                graph[0] |= message && field == 7;
                layers[0] |= message && (field == 2 || field == 100);
                walk.skip();
            });
        } catch (ModelException e) {
            // What breaks off behind a layer or a graph is a damaged file of that format, and its reader says so.
            if (!graph[0] && !layers[0]) {
                throw unknown(file, e);
            }
        }
        if (!graph[0] && !layers[0]) {
            throw unknown(file, null);
        }
        return graph[0] ? MODEL_PROTO : NET_PARAMETER;
    }

    private static ModelException unknown(SourceFile file, ModelException cause) {
        return new ModelException("%s: is in no known format of weights; %s".formatted(file.path(), EXPECTED), cause);
    }
}
