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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** An HDF5 file, or one inside a zip archive, of which data sets become tensors. */
final class HdfReader {
    /** How HDF5 files begin. */
    static final byte[] MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    private final SourceFile file;

    private HdfReader(SourceFile file) {
        this.file = file;
    }

    /** What is done with an open file; {@code root} is its outermost group. */
    interface Use<T> extends Function<Group, T> {}

    /** Opens the file; whatever the library throws becomes a {@link ModelException}. */
    static <T> T read(SourceFile file, Use<T> use) {
        try (HdfFile hdf = new HdfFile(file.path())) {
            return read(file, hdf, file.size(), use);
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException e) {
            throw damaged(file, e);
        }
    }

    /** The same of a part of the file. */
    static <T> T read(SourceFile file, long offset, long length, Use<T> use) throws IOException {
        try (HdfFile hdf = HdfFile.fromByteBuffer(file.map("weights", offset, length))) {
            return read(file, hdf, length, use);
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException e) {
            throw damaged(file, e);
        }
    }

    private static <T> T read(SourceFile file, HdfFile hdf, long size, Use<T> use) {
        long end = hdf.getHdfBackingStorage().getSuperblock().getEndOfFileAddress();
        if (end > size) {
            throw file.damaged("has %d bytes of HDF5, but should end at byte %d".formatted(size, end));
        }
        return use.apply(hdf);
    }

    /** HdfException, and what the library throws where bytes are missing. */
    private static ModelException damaged(SourceFile file, RuntimeException e) {
        return file.damaged("cannot be read as HDF5 (%s)".formatted(e.getMessage()), e);
    }

    /** The texts in an attribute; none if it is absent, or holds something else, as the empty lists of h5py do. */
    static List<String> texts(Node node, String attribute) {
        Attribute found = node.getAttribute(attribute);
        if (found == null) {
            return List.of();
        }
        if (found.getData() instanceof String text) {
            return List.of(text);
        }
        return found.getData() instanceof String[] texts ? List.of(texts) : List.of();
    }

    static Dataset dataset(SourceFile file, Group group, String path) {
        try {
            return group.getDatasetByPath(path);
        } catch (HdfException e) {
            throw file.damaged(
                    "lists '%s' in group '%s', but has no such data set".formatted(path, group.getPath()), e);
        }
    }

    static Tensor tensor(SourceFile file, String name, Dataset dataset, String remedy) {
        return new HdfReader(file).tensor(name, dataset, remedy);
    }

    private Tensor tensor(String name, Dataset dataset, String remedy) {
        if (!(dataset.getDataType() instanceof FloatingPoint type)) {
            throw file.failure(
                    "has '%s' as %s, expected floating-point numbers".formatted(name, dataset.getJavaType()), remedy);
        }
        List<Integer> shape = IntStream.of(dataset.getDimensions()).boxed().toList();
        DataType dataType =
                switch (type.getSize()) {
                    case 2 -> DataType.F16;
                    case 4 -> DataType.F32;
                    default -> DataType.F64;
                };
        ByteBuffer values = values(name, dataset, (int) file.byteSize(name, dataType, shape), remedy);
        return new Strided(dataType, values.order(type.getByteOrder()), 0, shape, Strided.rowMajor(shape)).toTensor();
    }

    private ByteBuffer values(String name, Dataset dataset, int length, String remedy) {
        if (dataset instanceof ContiguousDataset contiguous && !dataset.isEmpty()) {
            return contiguous.getBuffer();
        }
        if (dataset instanceof ChunkedDataset chunked) {
            return new ChunkAssembly(chunked).assemble(length);
        }
        throw file.failure("keeps '%s' in the layout %s".formatted(name, dataset.getDataLayout()), remedy);
    }
}
