package io.fcnspark.weights.formats;

import io.fcnspark.weights.Tensor;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the weights that Keras wrote: in HDF5 as Keras 1 and 2 do ({@code keras/src/legacy/saving/legacy_h5_format.py}), weights
 * alone or a full model; and as Keras 3 does ({@code keras/src/saving/saving_lib.py}), weights alone, or a zip archive with them.
 *
 * <p>The i-th weight of layer {@code block1_conv1} is named {@code block1_conv1[i]}: 0 is the kernel, 1 the bias. Layers of a
 * VGG16 that is a layer of another model are named as if they stood alone; what stands beside it is left out.
 */
final class KerasReader {
    /** The entry with the weights in the archives of Keras 3. */
    static final String ARCHIVED_WEIGHTS = "model.weights.h5";

    private static final String REMEDY = "save it with Keras again: model.save_weights(\"vgg16.weights.h5\")";
    private static final String FIRST_CONVOLUTION = "block1_conv1[0]";
    private static final String LAYERS = "layers";
    private static final String VARIABLES = "vars";

    /** Layers in layers that are looked through. */
    private static final int DEEPEST = 8;

    private static final Numbered CONVOLUTION = new Numbered(
            "conv2d", Naming.CONVOLUTIONS.stream().map(Naming::inKeras).toList());
    private static final Numbered DENSE = new Numbered("dense", List.of("fc1", "fc2", "predictions"));

    private final SourceFile file;

    private KerasReader(SourceFile file) {
        this.file = file;
    }

    /** Layers of a class, whose groups are named {@code conv2d}, {@code conv2d_1} and so on, and their names in VGG16. */
    private record Numbered(String group, List<String> layers) {
        Optional<String> name(String found) {
            return IntStream.range(0, layers.size())
                    .filter(i -> found.equals(group(i)))
                    .mapToObj(layers::get)
                    .findFirst();
        }

        /** Whether there are as many as VGG16 has. */
        boolean isVgg16(Group model) {
            return model.getChild(group(layers.size() - 1)) != null && model.getChild(group(layers.size())) == null;
        }

        private String group(int index) {
            return index == 0 ? group : group + "_" + index;
        }
    }

    static WeightFile read(SourceFile file) {
        return HdfReader.read(file, new KerasReader(file)::weights);
    }

    /** The weights in a {@code .keras} archive. */
    static WeightFile readArchive(SourceFile file) throws IOException {
        ZipContents zip = ZipContents.open(file);
        return HdfReader.read(
                file, zip.offset(ARCHIVED_WEIGHTS), zip.size(ARCHIVED_WEIGHTS), new KerasReader(file)::weights);
    }

    private WeightFile weights(Group root) {
        Models models = new Models();
        if (root.getChild(LAYERS) instanceof Group layers) {
            models.keras3("", layers, 0);
        } else {
            Node model = root.getChild("model_weights");
            models.keras2(model instanceof Group group ? group : root);
        }
        return models.weights();
    }

    /** The layers of a model, and of the models in it, each under the name of its model, which is empty for the outermost. */
    private final class Models {
        private final Map<String, Map<String, Tensor>> tensors = new TreeMap<>();

        /** Layers in attribute {@code layer_names}; the weights of each in {@code weight_names}, those of a nested model, too. */
        void keras2(Group root) {
            if (root.getAttribute("layer_names") == null) {
                throw file.failure(
                        "has no attribute 'layer_names' and no group 'layers' in group '%s', so it holds no layers of Keras"
                                .formatted(root.getPath()),
                        REMEDY);
            }
            for (String layer : HdfReader.texts(root, "layer_names")) {
                if (!(root.getChild(layer) instanceof Group group)) {
                    throw file.damaged("lists layer '%s', but has no group of that name".formatted(layer));
                }
                Map<String, List<String>> weights = new LinkedHashMap<>();
                for (String path : HdfReader.texts(group, "weight_names")) {
                    weights.computeIfAbsent(owner(path, layer), name -> new ArrayList<>())
                            .add(path);
                }
                boolean nested = weights.size() > 1;
                weights.forEach((owner, paths) -> {
                    for (int i = 0; i < paths.size(); i++) {
                        put(
                                nested ? layer : "",
                                "%s[%d]".formatted(nested ? owner : layer, i),
                                HdfReader.dataset(file, group, paths.get(i)));
                    }
                });
            }
        }

        /** The layer in the name of a weight, for example {@code block1_conv1/kernel:0}. */
        private static String owner(String path, String layer) {
            String[] parts = path.split("/", -1);
            return parts.length > 1 ? parts[parts.length - 2] : layer;
        }

        /** A group for each layer, named after its class; its own name is an attribute of its variables. */
        void keras3(String model, Group layers, int depth) {
            boolean ordered = CONVOLUTION.isVgg16(layers) && !isNamed(layers);
            for (Node node : layers) {
                if (!(node instanceof Group layer)) {
                    continue;
                }
                if (layer.getChild(LAYERS) instanceof Group inner && depth < DEEPEST) {
                    keras3(name(layer), inner, depth + 1);
                }
                if (layer.getChild(VARIABLES) instanceof Group variables) {
                    for (Node variable : variables) {
                        if (variable instanceof Dataset dataset) {
                            put(
                                    model,
                                    "%s[%s]".formatted(ordered ? inOrder(layer) : name(layer), variable.getName()),
                                    dataset);
                        }
                    }
                }
            }
        }

        /** Until 3.8 the layers' own names are not in the file; their order is. */
        private static boolean isNamed(Group layers) {
            for (Node node : layers) {
                if (node instanceof Group layer
                        && layer.getChild(VARIABLES) instanceof Group variables
                        && !HdfReader.texts(variables, "name").isEmpty()) {
                    return true;
                }
            }
            return false;
        }

        private static String inOrder(Group layer) {
            return Stream.of(CONVOLUTION, DENSE)
                    .flatMap(kind -> kind.name(layer.getName()).stream())
                    .findFirst()
                    .orElse(layer.getName());
        }

        private static String name(Group layer) {
            return layer.getChild(VARIABLES) instanceof Group variables
                    ? HdfReader.texts(variables, "name").stream().findFirst().orElse(layer.getName())
                    : layer.getName();
        }

        private void put(String model, String name, Dataset dataset) {
            Tensor tensor = HdfReader.tensor(file, name, dataset, REMEDY);
            if (tensors.computeIfAbsent(model, none -> new LinkedHashMap<>()).put(name, tensor) != null) {
                throw file.damaged("has two weights '%s'".formatted(name));
            }
        }

        /** The model that is VGG16, or all there is. */
        WeightFile weights() {
            List<String> vgg = tensors.entrySet().stream()
                    .filter(model -> model.getValue().containsKey(FIRST_CONVOLUTION))
                    .map(Map.Entry::getKey)
                    .toList();
            if (vgg.size() > 1) {
                throw file.failure(
                        "holds VGG16 more than once, in the models " + vgg,
                        "save one of them alone: model.get_layer(name).save_weights(\"vgg16.weights.h5\")");
            }
            if (vgg.isEmpty() || vgg.get(0).isEmpty()) {
                Map<String, Tensor> all = new LinkedHashMap<>();
                tensors.values().forEach(all::putAll);
                return WeightFile.of(file.path(), WeightFormat.KERAS, all);
            }
            Set<String> beside = new TreeSet<>();
            tensors.forEach((model, weights) -> {
                if (!model.equals(vgg.get(0))) {
                    beside.addAll(weights.keySet());
                }
            });
            Map<String, String> remarks = new LinkedHashMap<>();
            remarks.put("source_prefix", vgg.get(0));
            if (!beside.isEmpty()) {
                remarks.put(WeightFile.LEFT_OUT, Listing.of(beside) + ": beside VGG16");
            }
            return WeightFile.of(file.path(), WeightFormat.KERAS, tensors.get(vgg.get(0)))
                    .withRemarks(remarks);
        }
    }
}
