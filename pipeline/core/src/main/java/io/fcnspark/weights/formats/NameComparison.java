package io.fcnspark.weights.formats;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.formats.ImportedModel.Contents;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the names in a file with those that a network needs: all of these must be there, and nothing else but what belongs to
 * a classifier's last layers or to another head.
 */
record NameComparison(WeightFile file, Naming naming, Contents contents) {
    /** The network's parameters that a file with such contents must have. */
    static List<Parameter> parameters(Contents contents, Fcn network) {
        return network.parameters().stream()
                .filter(parameter -> switch (contents) {
                    case FCN -> true;
                    case CLASSIFIER ->
                        parameter.name().startsWith("conv") || parameter.name().startsWith("fc");
                    case FEATURES -> parameter.name().startsWith("conv");
                })
                .toList();
    }

    /** @throws ModelException if names are missing or left over; the message has both, and the variant that fits if one does */
    void require(Fcn network) {
        Set<String> expected = expected(network);
        Set<String> missing = new LinkedHashSet<>(expected);
        missing.removeAll(file.tensors().keySet());
        Set<String> surplus = surplus(expected);
        if (missing.isEmpty() && surplus.isEmpty()) {
            return;
        }
        String hint = Arrays.stream(Variant.values())
                .filter(other -> contents == Contents.FCN && fits(inVariant(other, network)))
                .findFirst()
                .map("the file holds %s: give --variant %<s"::formatted)
                .orElseGet(() -> missing.isEmpty() ? leaveOut() : other());
        throw new ModelException(
                "%s: does not hold what %s needs (read as %s, names: %s): missing %s; not part of it %s; %s"
                        .formatted(
                                file.path(),
                                network.variant(),
                                contents,
                                naming.scheme(),
                                Listing.of(missing),
                                Listing.of(surplus),
                                hint));
    }

    /** What to do where all is there, and more. */
    private String leaveOut() {
        return contents == Contents.FCN
                ? "save this network's tensors alone"
                : "save VGG16 alone, without what is not part of it, and fine-tune the network that comes of it";
    }

    private String other() {
        return "the file holds a network with %s; %s: name a file of VGG16 or of such an FCN"
                .formatted(Census.of(file.tensors()), Census.ONLY);
    }

    private static Fcn inVariant(Variant variant, Fcn network) {
        return Fcn.of(variant, network.backbone(), network.numClasses(), network.geometry());
    }

    private boolean fits(Fcn network) {
        Set<String> expected = expected(network);
        return file.tensors().keySet().containsAll(expected)
                && surplus(expected).isEmpty();
    }

    private Set<String> expected(Fcn network) {
        Set<String> names = new LinkedHashSet<>();
        parameters(contents, network).forEach(parameter -> names.add(naming.name(parameter.name())));
        if (contents == Contents.FCN && (naming.isCaffe() || file.format() == WeightFormat.ONNX)) {
            names.addAll(FixedFactors.blobs(network));
        }
        return names;
    }

    private Set<String> surplus(Set<String> expected) {
        Set<String> surplus = new TreeSet<>(file.tensors().keySet());
        surplus.addAll(file.others().keySet());
        surplus.removeAll(expected);
        surplus.removeIf(naming::isOtherHead);
        otherLayers().forEach(layer -> {
            surplus.remove(naming.name(layer + ".weight"));
            surplus.remove(naming.name(layer + ".bias"));
        });
        return surplus;
    }

    /** What a classifier may have, but no FCN is made of. */
    private List<String> otherLayers() {
        return switch (contents) {
            case FCN -> List.of();
            case CLASSIFIER -> List.of(Naming.CLASSIFIER_HEAD);
            case FEATURES -> List.of("fc6", "fc7", Naming.CLASSIFIER_HEAD);
        };
    }
}
