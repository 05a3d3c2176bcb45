package io.fcnspark.weights;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.image.Preprocessing.ChannelOrder;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Model descriptions as JSON: the file {@code model.json}, and what executors receive beside the weights. */
public final class ModelDescriptionJson {
    /** The version that is written of models that are not quantised, so that older programs read them. */
    private static final int PLAIN_VERSION = 1;

    /** The version that is written of quantised models, and the latest that is read. */
    private static final int QUANTISED_VERSION = 2;

    /** Key of another file's metadata under which an export keeps the description of its model. */
    public static final String METADATA_KEY = "fcn-spark.model";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .build();

    private ModelDescriptionJson() {}

    /** The document of version 1, key by key in snake case. */
    record PlainDocument(
            int formatVersion,
            String name,
            String variant,
            BackboneDocument backbone,
            String geometry,
            String classSet,
            List<ClassDocument> classes,
            int ignoreLabel,
            PreprocessingDocument preprocessing,
            String weightsSha256,
            Map<String, String> provenance) {}

    /** The document of version 2. */
    record QuantisedDocument(
            int formatVersion,
            String name,
            ArchitectureDocument architecture,
            String classSet,
            List<ClassDocument> classes,
            int ignoreLabel,
            PreprocessingDocument preprocessing,
            String weightsSha256,
            QuantisationDocument quantisation,
            Map<String, String> provenance) {}

    /** The network; the type is {@code fcn}. */
    record ArchitectureDocument(String type, String variant, BackboneDocument backbone, String geometry) {
        private static final String FCN = "fcn";

        ArchitectureDocument {
            if (!type.equals(FCN)) {
                throw new IllegalArgumentException("unknown architecture '" + type + "': expected " + FCN);
            }
        }
    }

    /** See {@link Quantisation}. */
    record QuantisationDocument(List<String> layers, Map<String, Float> scales) {}

    /** The backbone; width 1 is VGG16 itself. */
    record BackboneDocument(String name, double width) {}

    /** A class; the colour is {@code #rrggbb}. */
    record ClassDocument(int id, String name, String colour) {}

    /** See {@link Preprocessing}; the channel order is {@code rgb} or {@code bgr}. */
    record PreprocessingDocument(
            String channelOrder, double scale, List<Double> mean, List<Double> standardDeviation) {}

    /** A JSON document for people and programs, indented, with a line break at the end. */
    public static String write(ModelDescription model) {
        try {
            return JSON.writeValueAsString(model.architecture().accept(fcn -> document(model, fcn))) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers always have a JSON form", e);
        }
    }

    private static Object document(ModelDescription model, FcnArchitecture fcn) {
        BackboneDocument backbone =
                new BackboneDocument(Backbone.VGG16, fcn.backbone().width());
        List<ClassDocument> classes = model.classes().classes().stream()
                .map(c -> new ClassDocument(c.id(), c.name(), "#%06x".formatted(c.colour())))
                .toList();
        PreprocessingDocument preprocessing = new PreprocessingDocument(
                model.preprocessing().channelOrder().name().toLowerCase(Locale.ROOT),
                model.preprocessing().scale(),
                model.preprocessing().mean(),
                model.preprocessing().standardDeviation());
        Quantisation quantisation = model.quantisation();
        return quantisation.isPresent()
                ? new QuantisedDocument(
                        QUANTISED_VERSION,
                        model.name(),
                        new ArchitectureDocument(
                                ArchitectureDocument.FCN,
                                fcn.variant().id(),
                                backbone,
                                fcn.geometry().id()),
                        model.classes().name(),
                        classes,
                        model.classes().ignoreLabel(),
                        preprocessing,
                        model.weightsSha256(),
                        new QuantisationDocument(quantisation.layers(), quantisation.scales()),
                        model.provenance())
                : new PlainDocument(
                        PLAIN_VERSION,
                        model.name(),
                        fcn.variant().id(),
                        backbone,
                        fcn.geometry().id(),
                        model.classes().name(),
                        classes,
                        model.classes().ignoreLabel(),
                        preprocessing,
                        model.weightsSha256(),
                        model.provenance());
    }

    /**
     * Reads a document. Every key is required, and no other is allowed.
     *
     * @param source where the document is from, for messages: the path of the file
     * @throws ModelException if it is not such a document; the message names the source, the key, and what was expected
     */
    public static ModelDescription read(String json, String source) {
        try {
            JsonNode tree = JSON.readTree(json);
            return version(tree) == PLAIN_VERSION
                    ? description(JSON.treeToValue(tree, PlainDocument.class))
                    : description(JSON.treeToValue(tree, QuantisedDocument.class));
        } catch (UnrecognizedPropertyException e) {
            throw new ModelException(
                    "%s: there is no key '%s'; expected %s"
                            .formatted(source, path(e), new TreeSet<>(e.getKnownPropertyIds())),
                    e);
        } catch (JsonMappingException e) {
            throw new ModelException("%s: '%s': %s".formatted(source, path(e), problem(e)), e);
        } catch (JsonProcessingException e) {
            throw new ModelException("%s: is no valid JSON: %s".formatted(source, e.getOriginalMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new ModelException(source + ": " + e.getMessage(), e);
        }
    }

    /** Before all else: a later version may have other keys, and its version is what is to be complained of. */
    private static int version(JsonNode tree) {
        JsonNode version = tree.path("format_version");
        if (!version.isInt()) {
            throw new IllegalArgumentException(
                    "has no whole number under 'format_version'; expected a model description");
        }
        if (version.intValue() != PLAIN_VERSION && version.intValue() != QUANTISED_VERSION) {
            throw new IllegalArgumentException(
                    "has format_version %d, but this program reads %d and %d; use the program that the model was made with, or import its weights again"
                            .formatted(version.intValue(), PLAIN_VERSION, QUANTISED_VERSION));
        }
        return version.intValue();
    }

    private static ModelDescription description(PlainDocument document) {
        return new ModelDescription(
                document.name,
                new FcnArchitecture(
                        Variant.of(document.variant), backbone(document.backbone), Geometry.of(document.geometry)),
                new ClassSet(document.classSet, classes(document.classes), document.ignoreLabel),
                preprocessing(document.preprocessing),
                document.weightsSha256,
                document.provenance);
    }

    private static ModelDescription description(QuantisedDocument document) {
        return new ModelDescription(
                document.name,
                new FcnArchitecture(
                        Variant.of(document.architecture.variant),
                        backbone(document.architecture.backbone),
                        Geometry.of(document.architecture.geometry)),
                new ClassSet(document.classSet, classes(document.classes), document.ignoreLabel),
                preprocessing(document.preprocessing),
                document.weightsSha256,
                new Quantisation(document.quantisation.layers, document.quantisation.scales),
                document.provenance);
    }

    private static List<LabelClass> classes(List<ClassDocument> documents) {
        return documents.stream()
                .map(c -> new LabelClass(c.id, c.name, colour(c)))
                .toList();
    }

    private static Preprocessing preprocessing(PreprocessingDocument document) {
        return new Preprocessing(
                channelOrder(document.channelOrder), document.scale, document.mean, document.standardDeviation);
    }

    private static Backbone backbone(BackboneDocument document) {
        if (!document.name.equals(Backbone.VGG16)) {
            throw new IllegalArgumentException(
                    "unknown backbone '%s': expected %s".formatted(document.name, Backbone.VGG16));
        }
        return Backbone.vgg16(document.width);
    }

    private static int colour(ClassDocument labelClass) {
        if (!labelClass.colour.matches("#[0-9a-fA-F]{6}")) {
            throw new IllegalArgumentException(
                    "class '%s' has colour '%s': expected #rrggbb".formatted(labelClass.name, labelClass.colour));
        }
        return Integer.parseInt(labelClass.colour.substring(1), 16);
    }

    private static ChannelOrder channelOrder(String id) {
        return switch (id) {
            case "rgb" -> ChannelOrder.RGB;
            case "bgr" -> ChannelOrder.BGR;
            default -> throw new IllegalArgumentException("unknown channel_order '" + id + "': expected rgb or bgr");
        };
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /** Jackson's message without what only its own users understand. */
    private static String problem(JsonMappingException e) {
        return e.getOriginalMessage()
                .replaceFirst("(?s)( \\(index |; | \\(but ).*", "")
                .replace("creator property", "key");
    }
}
