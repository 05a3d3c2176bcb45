package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Brings the names in a checkpoint of PyTorch to those that torchvision or the FCN authors give: without what wrappers put
 * between ({@code module.}, {@code _orig_mod.}) and before them ({@code model.}, {@code backbone.}), with {@code features.} where
 * the features were saved alone, and with batch normalisations folded into the convolutions before them.
 */
final class CheckpointNames {
    /** The value that PyTorch, and so every model that says nothing else, adds to a variance; state dictionaries do not hold it. */
    static final double EPSILON = 1e-5;

    /** Parts of names that come from wrappers around a network or a part of it. */
    private static final Set<String> WRAPPERS =
            Set.of("module", "_orig_mod", "_forward_module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module");

    private static final String FEATURES = "features.";
    private static final String CLASSIFIER = "classifier.";
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** Layers of torchvision's classifier with weights. */
    private static final List<String> FULLY_CONNECTED = List.of("classifier.0", "classifier.3", "classifier.6");

    /** How the convolutions may be named, and the normalisations behind them, if there are any. */
    private static final List<Layout> LAYOUTS = List.of(
            authors(layer -> layer.replace("conv", "bn")),
            authors(layer -> layer + "_bn"),
            sequence(FEATURES, 2),
            sequence(FEATURES, 3),
            sequence("", 2),
            sequence("", 3));

    private final WeightFile file;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> others;

    private CheckpointNames(WeightFile file) {
        this.file = file;
        this.tensors = unwrapped(file.tensors());
        this.others = unwrapped(file.others());
    }

    /** The layers of VGG16 with weights, in their order, under one kind of names. */
    private record Layout(String stem, List<String> convolutions, List<String> normalizations) {}

    /** The network in a file: how it is named, and what stands before the names. */
    private record Place(Layout layout, String prefix) {}

    /**
     * The file under plain names; as it is if it holds no VGG16, or is of a format that has other names.
     *
     * @throws ModelException if it holds more than one, or one inside another network
     */
    static WeightFile plain(WeightFile file) {
        boolean checkpoint = file.format() == WeightFormat.TORCH || file.format() == WeightFormat.SAFETENSORS;
        if (!checkpoint || file.metadata().containsKey(ModelDescriptionJson.METADATA_KEY)) {
            return file;
        }
        CheckpointNames names = new CheckpointNames(file);
        return names.find().map(names::renamed).orElse(file);
    }

    private static Layout authors(UnaryOperator<String> normalization) {
        return new Layout(
                "",
                Naming.CONVOLUTIONS,
                Naming.CONVOLUTIONS.stream().map(normalization).toList());
    }

    /** Positions in a row of layers: a convolution, perhaps a batch normalisation, ReLU; pooling after each block. */
    private static Layout sequence(String stem, int layersEach) {
        List<String> convolutions = new ArrayList<>();
        List<String> normalizations = new ArrayList<>();
        int position = 0;
        String block = "1";
        for (String layer : Naming.CONVOLUTIONS) {
            String next = layer.substring("conv".length(), layer.indexOf('_'));
            position += next.equals(block) ? 0 : 1;
            block = next;
            convolutions.add(stem + position);
            normalizations.add(layersEach == 3 ? stem + (position + 1) : "");
            position += layersEach;
        }
        return new Layout(stem, convolutions, normalizations);
    }

    private <T> Map<String, T> unwrapped(Map<String, T> named) {
        Map<String, T> plain = new LinkedHashMap<>();
        named.forEach((name, value) -> {
            String without = Arrays.stream(name.split("\\.", -1))
                    .filter(part -> !WRAPPERS.contains(part))
                    .collect(Collectors.joining("."));
            if (plain.put(without, value) != null) {
                throw failure(
                        "holds '%s' twice, in a wrapper and without it".formatted(without),
                        "in Python, save the state dictionary of one network alone");
            }
        });
        return plain;
    }

    private Optional<Place> find() {
        for (Layout layout : LAYOUTS) {
            Set<String> prefixes = prefixes(layout);
            if (prefixes.size() > 1) {
                throw failure(
                        "holds VGG16 more than once, under " + quoted(prefixes),
                        "in Python, save one of them alone: "
                                + alone(prefixes.stream()
                                        .max(Comparator.naturalOrder())
                                        .get()));
            }
            if (!prefixes.isEmpty()) {
                return Optional.of(new Place(layout, prefixes.iterator().next()));
            }
        }
        return Optional.empty();
    }

    /** What stands before the names of a complete set of convolutions. */
    private Set<String> prefixes(Layout layout) {
        String first = layout.convolutions.get(0) + WEIGHT;
        return tensors.keySet().stream()
                .filter(name -> name.equals(first) || name.endsWith("." + first))
                .map(name -> name.substring(0, name.length() - first.length()))
                .filter(prefix -> layout.convolutions.stream().allMatch(c -> tensors.containsKey(prefix + c + WEIGHT)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private WeightFile renamed(Place place) {
        Map<String, Tensor> inside = new TreeMap<>();
        Map<String, Tensor> beside = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(place.prefix)) {
                inside.put(name.substring(place.prefix.length()), tensor);
            } else {
                beside.put(name, tensor);
            }
        });
        if (!beside.isEmpty()) {
            throw failure(
                    "holds VGG16 under %s inside another network, with %s beside it (%s); %s"
                            .formatted(
                                    quoted(List.of(place.prefix)),
                                    Census.of(beside),
                                    Listing.of(beside.keySet()),
                                    Census.ONLY),
                    "to take VGG16 alone, in Python: " + alone(place.prefix));
        }
        Map<String, String> remarks = new LinkedHashMap<>();
        if (!place.prefix.isEmpty()) {
            remarks.put("source_prefix", place.prefix);
        }
        fold(place.layout, inside, remarks);
        Map<String, Tensor> plain = place.layout.convolutions.equals(Naming.CONVOLUTIONS)
                ? inside
                : torchvision(place.layout, inside, remarks);
        return file.withTensors(plain).withOthers(others).withRemarks(remarks);
    }

    /** Folds each normalisation into its convolution, which also gets a bias if it has none. */
    private void fold(Layout layout, Map<String, Tensor> inside, Map<String, String> remarks) {
        for (int i = 0; i < layout.convolutions.size(); i++) {
            String convolution = layout.convolutions.get(i);
            String name = layout.normalizations.get(i);
            Optional<Tensor> mean = Optional.ofNullable(inside.remove(name + ".running_mean"));
            Optional<Tensor> variance = Optional.ofNullable(inside.remove(name + ".running_var"));
            if (mean.isEmpty() || variance.isEmpty()) {
                continue;
            }
            Tensor weight = inside.get(convolution + WEIGHT);
            Optional<Tensor> bias = Optional.ofNullable(inside.get(convolution + BIAS));
            BatchNormalization normalization = new BatchNormalization(
                    mean.get(),
                    variance.get(),
                    Optional.ofNullable(inside.remove(name + WEIGHT)),
                    Optional.ofNullable(inside.remove(name + BIAS)),
                    EPSILON);
            if (weight.shape().isEmpty() || !normalization.has(weight.shape().get(0))) {
                throw failure(
                        "has a batch normalisation '%s' for %d channels behind '%s' of shape %s"
                                .formatted(name, mean.get().size(), convolution, weight.shape()),
                        SourceFile.DAMAGED);
            }
            BatchNormalization.Convolution folded = normalization.foldInto(weight, bias);
            inside.put(convolution + WEIGHT, folded.weight());
            inside.put(convolution + BIAS, folded.bias());
            remarks.put("batch_normalization", "folded into the convolutions, epsilon " + EPSILON);
        }
    }

    /** The names that torchvision gives to VGG16 without batch normalisation. */
    private Map<String, Tensor> torchvision(Layout layout, Map<String, Tensor> inside, Map<String, String> remarks) {
        Map<String, String> layers = new LinkedHashMap<>();
        List<String> plain = sequence(FEATURES, 2).convolutions;
        for (int i = 0; i < plain.size(); i++) {
            layers.put(layout.convolutions.get(i), plain.get(i));
        }
        List<String> classifier = fullyConnected(layout, inside);
        IntStream.range(0, classifier.size()).forEach(i -> layers.put(classifier.get(i), FULLY_CONNECTED.get(i)));
        Set<String> reduced = layout.stem.isEmpty() ? reduced(inside, layers.keySet()) : Set.of();
        if (!reduced.isEmpty()) {
            remarks.put(WeightFile.LEFT_OUT, Listing.of(reduced) + ": no fc6 and fc7 of VGG16");
        }
        Map<String, Tensor> renamed = new TreeMap<>();
        inside.forEach((name, tensor) -> {
            String layer = layer(name);
            if (!reduced.contains(name)) {
                renamed.put(layers.getOrDefault(layer, layer) + name.substring(layer.length()), tensor);
            }
        });
        return renamed;
    }

    /**
     * The fully connected layers, whatever their positions are: jcjohnson's networks count from a layer that torchvision does not
     * have. Two of them are fc6 and fc7 if the second has as many inputs as outputs.
     */
    private static List<String> fullyConnected(Layout layout, Map<String, Tensor> inside) {
        String stem = layout.stem.isEmpty() ? "" : CLASSIFIER;
        Pattern position = Pattern.compile(Pattern.quote(stem) + "(\\d{1,4})\\.weight");
        List<String> layers = inside.keySet().stream()
                .map(position::matcher)
                .filter(Matcher::matches)
                .filter(match -> isFullyConnected(inside.get(match.group()), layout))
                .sorted(Comparator.comparingInt(match -> Integer.parseInt(match.group(1))))
                .map(match -> stem + match.group(1))
                .toList();
        boolean square = layers.size() == 2
                && inside.get(layers.get(1) + WEIGHT)
                        .shape()
                        .get(0)
                        .equals(inside.get(layers.get(1) + WEIGHT).shape().get(1));
        return layers.size() == 3 || square ? layers : List.of();
    }

    /** A matrix; in a classifier also a convolution that was made from one. */
    private static boolean isFullyConnected(Tensor tensor, Layout layout) {
        return tensor.shape().size() == 2 || (tensor.shape().size() == 4 && !layout.stem.isEmpty());
    }

    /** The convolutions that ssd.pytorch's {@code vgg16_reducedfc.pth} has in the place of fc6 and fc7, smaller and with gaps. */
    private static Set<String> reduced(Map<String, Tensor> inside, Set<String> known) {
        Set<String> names = inside.keySet().stream()
                .filter(name -> !known.contains(layer(name)))
                .collect(Collectors.toCollection(TreeSet::new));
        return names.equals(Set.of("31.weight", "31.bias", "33.weight", "33.bias")) ? names : Set.of();
    }

    /** The part of a tensor's name before the last dot. */
    private static String layer(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    private static String quoted(Collection<String> prefixes) {
        return prefixes.stream().map("'%s'"::formatted).collect(Collectors.joining(" and "));
    }

    private static String alone(String prefix) {
        String module = prefix.isEmpty() ? "model" : "model." + prefix.substring(0, prefix.length() - 1);
        return "torch.save(%s.state_dict(), \"vgg16.pth\")".formatted(module);
    }

    private ModelException failure(String problem, String remedy) {
        return new ModelException("%s: %s; %s".formatted(file.path(), problem, remedy));
    }
}
