package io.fcnspark.weights.formats;

import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the blobs of a {@code .caffemodel}, a protobuf {@code NetParameter} ({@code caffe.proto}): layers of the first
 * generation and of the present one, blobs with four named dimensions and with a shape, in single and double precision. The
 * file is walked once, and values that are packed, as Caffe writes them, are mapped where they lie.
 *
 * <p>The i-th blob of layer {@code conv1_1} is named {@code conv1_1[i]}: 0 is the weight, 1 the bias.
 */
final class CaffeReader {
    private final SourceFile file;
    private final ProtobufWalk walk;
    private final Map<String, Tensor> tensors;

    private CaffeReader(SourceFile file, ProtobufWalk walk, Map<String, Tensor> tensors) {
        this.file = file;
        this.walk = walk;
        this.tensors = tensors;
    }

    static Map<String, Tensor> read(SourceFile file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ProtobufWalk.through(file, walk -> new CaffeReader(file, walk, tensors)::netField);
        return tensors;
    }

    private void netField(int field, int wireType) throws IOException {
        switch (field) {
            case 2 -> layer(4, 6); // V1LayerParameter layers
            case 100 -> layer(1, 7); // LayerParameter layer
            default -> walk.skip();
        }
    }

    private void layer(int nameField, int blobsField) throws IOException {
        String[] name = {""};
        List<Blob> blobs = new ArrayList<>();
        walk.message((field, wireType) -> {
            if (field == nameField) {
                name[0] = walk.string();
            } else if (field == blobsField) {
                Blob blob = new Blob();
                walk.message(blob::field);
                blobs.add(blob);
            } else {
                walk.skip();
            }
        });
        for (int i = 0; i < blobs.size(); i++) {
            String tensor = "%s[%d]".formatted(name[0], i);
            if (tensors.put(tensor, blobs.get(i).tensor(tensor)) != null) {
                throw file.damaged("has two layers named '%s'".formatted(name[0]));
            }
        }
    }

    /** {@code BlobProto}. */
    private final class Blob {
        /** num, channels, height, width; null as long as none of them is set. */
        private long[] fourDimensions;

        private final List<Long> shape = new ArrayList<>();
        private final NumberArray floats = new NumberArray(file, DataType.F32);
        private final NumberArray doubles = new NumberArray(file, DataType.F64);

        void field(int field, int wireType) throws IOException {
            switch (field) {
                case 1, 2, 3, 4 -> {
                    fourDimensions = fourDimensions == null ? new long[4] : fourDimensions;
                    fourDimensions[field - 1] = walk.number();
                }
                case 5 -> floats.add(walk, wireType);
                case 7 ->
                    walk.message((shapeField, shapeWireType) -> {
                        if (shapeField == 1) {
                            walk.numbers(shapeWireType, shape);
                        } else {
                            walk.skip();
                        }
                    });
                case 8 -> doubles.add(walk, wireType);
                default -> walk.skip();
            }
        }

        Tensor tensor(String name) throws IOException {
            List<Long> dimensions = fourDimensions != null
                    ? Arrays.stream(fourDimensions).boxed().toList()
                    : shape;
            NumberArray values = doubles.size() > 0 ? doubles : floats;
            List<Integer> checked = Dimensions.check(file, name, dimensions);
            if (Dimensions.count(checked) != values.size()) {
                throw file.damaged("has %d values in tensor '%s' of shape %s".formatted(values.size(), name, checked));
            }
            return values.tensor(name, checked);
        }
    }
}
