package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.exceptions.HdfException;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads the weights in an HDF5 file of Keras ({@code keras/src/legacy/saving/legacy_h5_format.py}): weights alone, or a full
 * model, which has them in group {@code model_weights}. Attributes {@code layer_names} and {@code weight_names} say what is
 * there, in order.
 *
 * <p>The i-th weight of layer {@code block1_conv1} is named {@code block1_conv1[i]}: 0 is the kernel, 1 the bias.
 */
final class KerasReader {
    /** How HDF5 files begin. */
    static final byte[] MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    private static final String REMEDY =
            "save it with Keras as HDF5: model.save_weights(\"weights.h5\") in Keras 2, model.save(\"model.h5\") in Keras 3";

    private final SourceFile file;

    private KerasReader(SourceFile file) {
        this.file = file;
    }

    static Map<String, Tensor> read(SourceFile file) {
        KerasReader reader = new KerasReader(file);
        try (HdfFile hdf = new HdfFile(file.path())) {
            long end = hdf.getHdfBackingStorage().getSuperblock().getEndOfFileAddress();
            if (end > file.size()) {
                throw file.damaged("has %d bytes, but should end at byte %d".formatted(file.size(), end));
            }
            Node model = hdf.getChild("model_weights");
            return reader.layers(model instanceof Group group ? group : hdf);
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException e) {
            // HdfException, and what the library throws where bytes are missing.
            throw file.damaged("cannot be read as HDF5 (%s)".formatted(e.getMessage()), e);
        }
    }

    private Map<String, Tensor> layers(Group root) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String layer : names(root, "layer_names")) {
            if (!(root.getChild(layer) instanceof Group group)) {
                throw file.damaged("lists layer '%s', but has no group of that name".formatted(layer));
            }
            List<String> weights = names(group, "weight_names");
            for (int i = 0; i < weights.size(); i++) {
                String name = "%s[%d]".formatted(layer, i);
                tensors.put(name, tensor(name, dataset(group, weights.get(i))));
            }
        }
        return tensors;
    }

    private List<String> names(Group group, String attribute) {
        Attribute names = group.getAttribute(attribute);
        if (names == null) {
            throw file.failure(
                    "has no attribute '%s' in group '%s', so it holds no layers of Keras"
                            .formatted(attribute, group.getPath()),
                    REMEDY);
        }
        // A layer without weights has an empty array, of type float.
        return names.getData() instanceof String[] strings ? List.of(strings) : List.of();
    }

    private Dataset dataset(Group group, String path) {
        try {
            return group.getDatasetByPath(path);
        } catch (HdfException e) {
            throw file.damaged(
                    "lists '%s' in group '%s', but has no such data set".formatted(path, group.getPath()), e);
        }
    }

    private Tensor tensor(String name, Dataset dataset) {
        if (!(dataset.getDataType() instanceof FloatingPoint type)) {
            throw file.failure(
                    "has '%s' as %s, expected floating-point numbers".formatted(name, dataset.getJavaType()), REMEDY);
        }
        List<Integer> shape = IntStream.of(dataset.getDimensions()).boxed().toList();
        DataType dataType =
                switch (type.getSize()) {
                    case 2 -> DataType.F16;
                    case 4 -> DataType.F32;
                    default -> DataType.F64;
                };
        ByteBuffer values = values(name, dataset, (int) file.byteSize(name, dataType, shape));
        return new Strided(dataType, values.order(type.getByteOrder()), 0, shape, Strided.rowMajor(shape)).toTensor();
    }

    private ByteBuffer values(String name, Dataset dataset, int length) {
        if (dataset instanceof ContiguousDataset contiguous && !dataset.isEmpty()) {
            return contiguous.getBuffer();
        }
        if (dataset instanceof ChunkedDataset chunked) {
            return new ChunkAssembly(chunked).assemble(length);
        }
        throw file.failure("keeps '%s' in the layout %s".formatted(name, dataset.getDataLayout()), REMEDY);
    }
}
