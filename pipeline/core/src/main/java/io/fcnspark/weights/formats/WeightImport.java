package io.fcnspark.weights.formats;

import io.fcnspark.errors.Setting;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.FullyConnected.FlattenOrder;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.RandomWeights;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import io.fcnspark.weights.Sha256;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.TensorSource;
import io.fcnspark.weights.formats.ImportedModel.Contents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a model from a file of weights: finds VGG16's layers or those of a complete FCN under the names that the file gives
 * them, compares both sides, and brings every tensor into the network's layout.
 *
 * <p>A file of full size, 550 MB, takes less than 30 MB of heap and a few seconds; with batch normalisation, whose folding makes new
 * convolutions, 60 MB more. Where values must change their order, as in Keras' files, one tensor at a time is also held outside the
 * heap: at most fc6, 411 MB.
 */
public final class WeightImport {
    private static final String FC6_WEIGHT = "fc6.weight";
    private static final String FC7_WEIGHT = "fc7.weight";
    private static final String SCORE_BIAS = "score_fr.bias";

    private final WeightFile file;
    private final ImportRequest request;
    private final Naming naming;
    private final Optional<ModelDescription> exported;

    private WeightImport(WeightFile file, ImportRequest request) {
        this.file = CheckpointNames.plain(file);
        this.request = request;
        this.naming = Naming.of(this.file);
        this.exported = exportedModel(file);
    }

    /**
     * What a file that an export wrote tells of its model; empty for other files.
     *
     * @throws ModelException if it tells nothing that can be understood
     */
    public static Optional<ModelDescription> exportedModel(WeightFile file) {
        String key = ModelDescriptionJson.METADATA_KEY;
        return Optional.ofNullable(file.metadata().get(key))
                .map(json -> ModelDescriptionJson.read(json, "%s: %s".formatted(file.path(), key)));
    }

    /**
     * Makes a model of a file of any format. Its values are read when the model is saved.
     *
     * @throws ModelException as {@link #read(WeightFile, ImportRequest)} does, and if the file cannot be read
     */
    public static ImportedModel read(Path path, ImportRequest request) {
        return read(WeightFiles.read(path, WeightFiles.detect(path)), request);
    }

    /**
     * Makes a model of a file's contents. Its values are read when the model is saved.
     *
     * @throws ModelException if the file does not hold the layers of the variant with the shapes and classes
     *     that were asked for, or does not tell its preprocessing; the message says what to do
     */
    public static ImportedModel read(WeightFile file, ImportRequest request) {
        return new WeightImport(file, request).model();
    }

    private ImportedModel model() {
        Contents contents = contents();
        String sha256 = sha256();
        boolean published =
                contents == Contents.FCN && file.format() == WeightFormat.TORCH && PublishedFcns.contains(file.path());
        Optional<Preprocessing> preprocessing = preprocessing(contents, sha256, published);
        Geometry geometry = geometry(contents, published)
                .orElseThrow(() -> new ModelException(
                        new Setting("geometry"),
                        "%s: holds a complete FCN, but does not tell in which geometry it was trained, and with the wrong one a third of the labels are wrong; choose the geometry caffe for weights that come from Caffe (padding 100 before conv1_1), same for others (padding 1)%s"
                                .formatted(
                                        file.path(),
                                        preprocessing.isEmpty()
                                                ? ", and one of the preprocessings " + PublishedPreprocessing.ids()
                                                : "")));
        if (contents == Contents.FCN) {
            requireClasses();
        }
        requireVariantOfExport();
        Fcn network = network(request.variant(), geometry);
        new NameComparison(file, naming, contents).require(network);
        FixedFactors.require(file, network);

        return new ImportedModel(
                contents,
                network.architecture(),
                request.classes(),
                preprocessing.orElseThrow(() -> PreprocessingChoice.unknown(file.path(), naming.scheme())),
                provenance(contents, sha256),
                tensors(contents, network));
    }

    private Contents contents() {
        if (has("score_fr.weight")) {
            return Contents.FCN;
        }
        boolean fullyConnected = has(FC6_WEIGHT)
                && has(FC7_WEIGHT)
                && !(TensorConversion.isVoid(tensor(FC6_WEIGHT)) && TensorConversion.isVoid(tensor(FC7_WEIGHT)));
        return fullyConnected ? Contents.CLASSIFIER : Contents.FEATURES;
    }

    /** Weights belong to the geometry in which they were trained; those to be trained yet, to none. Empty: not known. */
    private Optional<Geometry> geometry(Contents contents, boolean published) {
        return request.geometry()
                .or(() -> exported.map(model -> model.network().geometry()))
                .or(() -> contents == Contents.FCN ? Optional.empty() : Optional.of(Geometry.SAME))
                .or(() -> naming.isCaffe() || published ? Optional.of(Geometry.CAFFE) : Optional.empty());
    }

    /** FCN-8s and FCN-8s at once have the same tensors, so an export's own word counts. */
    private void requireVariantOfExport() {
        exported.map(model -> model.network().variant())
                .filter(variant -> variant != request.variant())
                .ifPresent(variant -> {
                    throw new ModelException(
                            new Setting("variant"),
                            "%s: is an export of %s, not of %s; choose the variant %s"
                                    .formatted(file.path(), variant, request.variant(), variant));
                });
    }

    /** The network for the backbone in the file, of which the widest layer tells the width. */
    private Fcn network(Variant variant, Geometry geometry) {
        Backbone backbone = exported.map(model -> model.network().backbone()).orElseGet(() -> {
            double width = has("fc7.bias") ? size("fc7.bias") / 4096.0 : size("conv5_3.bias") / 512.0;
            if (Math.abs(size("conv5_3.bias") - 512 * width) > 1) {
                throw new ModelException(
                        "%s: has %d channels in '%s' and %d in '%s', where VGG16 has 512 and 4096, or both in the same proportion; to take the convolutions alone, leave the fully connected layers out of the file"
                                .formatted(
                                        file.path(),
                                        size("conv5_3.bias"),
                                        naming.name("conv5_3.bias"),
                                        size("fc7.bias"),
                                        naming.name("fc7.bias")));
            }
            try {
                return Backbone.vgg16(width);
            } catch (IllegalArgumentException e) {
                throw new ModelException(
                        "%s: %s; VGG16 has 512 channels in conv5_3 and 4096 in fc7"
                                .formatted(file.path(), e.getMessage()),
                        e);
            }
        });
        return Fcn.of(variant, backbone, request.classes().size(), geometry);
    }

    private void requireClasses() {
        int found = size(SCORE_BIAS);
        if (found != request.classes().size()) {
            throw new ModelException(
                    new Setting("classes"),
                    "%s: tensor '%s' is for %d classes, but '%s' has %d; give the classes that the network was trained for"
                            .formatted(
                                    file.path(),
                                    naming.name(SCORE_BIAS),
                                    found,
                                    request.classes().name(),
                                    request.classes().size()));
        }
    }

    /** What the weights were trained to see. Empty: not known. */
    private Optional<Preprocessing> preprocessing(Contents contents, String sha256, boolean published) {
        if (request.preprocessing().isEmpty() && exported.isPresent()) {
            return exported.map(ModelDescription::preprocessing);
        }
        int outputs = has(SCORE_BIAS)
                ? size(SCORE_BIAS)
                : has(Naming.CLASSIFIER_HEAD + ".bias") ? size(Naming.CLASSIFIER_HEAD + ".bias") : 0;
        return request.preprocessing()
                .or(() -> published ? Optional.of(PublishedPreprocessing.CAFFE_FCN) : Optional.empty())
                // VGG16 as a part of another network was trained to see what that network does.
                .or(() -> file.remarks().containsKey(WeightFile.LEFT_OUT)
                        ? Optional.empty()
                        : PreprocessingChoice.known(sha256, naming.scheme(), contents, outputs))
                .map(PublishedPreprocessing::preprocessing);
    }

    /** An export only carries its model from one place to another, so what is told of its weights stays. */
    private Map<String, String> provenance(Contents contents, String sha256) {
        Map<String, String> provenance = new LinkedHashMap<>();
        if (exported.isPresent()) {
            provenance.putAll(exported.get().provenance());
            provenance.put("export", file.path().getFileName().toString());
            provenance.put("export_format", file.format().id());
            provenance.put("export_sha256", sha256);
            return provenance;
        }
        provenance.put("source", file.path().getFileName().toString());
        provenance.put("source_sha256", sha256);
        provenance.put("source_format", file.format().id());
        provenance.put("source_names", naming.scheme().toString());
        provenance.put("source_holds", contents.toString());
        provenance.putAll(file.remarks());
        switch (contents) {
            case FCN -> {}
            case CLASSIFIER -> provenance.put("fc6_fc7", "from the classifier, as convolutions");
            case FEATURES -> provenance.put("fc6_fc7", "random, seed " + request.seed());
        }
        if (contents != Contents.FCN) {
            provenance.put("score_layers", "zero, to be trained");
            provenance.put("upsampling", "bilinear");
        }
        return provenance;
    }

    private List<TensorSource> tensors(Contents contents, Fcn network) {
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        if (contents != Contents.FCN) {
            RandomWeights.sources(network, request.seed(), ScoreLayers.ZERO)
                    .forEach(source -> tensors.put(source.name(), source));
        }
        for (Parameter parameter : NameComparison.parameters(contents, network)) {
            String published = naming.name(parameter.name());
            FlattenOrder order = file.channelsLast().contains(published) ? FlattenOrder.HWC : naming.order();
            tensors.put(
                    parameter.name(),
                    TensorConversion.source(
                            file.path(), published, file.tensors().get(published), order, parameter));
        }
        return new ArrayList<>(tensors.values());
    }

    private String sha256() {
        try {
            return Sha256.of(file.path());
        } catch (IOException e) {
            throw new ModelException(
                    "%s: cannot be read (%s); check its permissions".formatted(file.path(), e.getMessage()), e);
        }
    }

    private boolean has(String parameter) {
        return file.tensors().containsKey(naming.name(parameter));
    }

    private Tensor tensor(String parameter) {
        return file.tensors().get(naming.name(parameter));
    }

    private int size(String parameter) {
        Tensor tensor = tensor(parameter);
        if (tensor == null) {
            throw new ModelException(
                    "%s: has no tensor '%s', but a network with %s; %s: name a file of VGG16 or of such an FCN"
                            .formatted(file.path(), naming.name(parameter), Census.of(file.tensors()), Census.ONLY));
        }
        return Math.toIntExact(tensor.size());
    }
}
