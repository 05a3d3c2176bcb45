package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the weights that Caffe writes as HDF5 ({@code snapshot_format: HDF5}): data set {@code /data/conv1_1/0} is the first blob
 * of layer {@code conv1_1}, which is named as by {@link CaffeReader}.
 */
final class CaffeHdfReader {
    private static final String DATA = "data";

    private CaffeHdfReader() {}

    /** Whether an HDF5 file is one of Caffe. */
    static boolean isCaffe(SourceFile file) {
        return HdfReader.read(
                file,
                root -> root.getChild(DATA) instanceof Group
                        && root.getChild("layers") == null
                        && root.getAttribute("layer_names") == null);
    }

    static Map<String, Tensor> read(SourceFile file) {
        return HdfReader.read(file, root -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Node node : (Group) root.getChild(DATA)) {
                if (node instanceof Group layer) {
                    for (Node blob : layer) {
                        String name = "%s[%s]".formatted(layer.getName(), blob.getName());
                        if (blob instanceof Dataset dataset) {
                            tensors.put(
                                    name,
                                    HdfReader.tensor(file, name, dataset, "save the net with Caffe as .caffemodel"));
                        }
                    }
                }
            }
            return tensors;
        });
    }
}
