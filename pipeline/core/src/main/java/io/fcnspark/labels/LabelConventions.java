package io.fcnspark.labels;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.LabelConvention.Encoding;
import io.fcnspark.labels.LabelConvention.Unlisted;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The conventions that are built in, and conventions as JSON; {@link LabelConvention} has the schema. */
public final class LabelConventions {
    /** Names of the conventions that are built in. */
    public static final List<String> NAMES = List.of("voc", "camvid", "cityscapes", "ade20k", "kitti-road");

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LabelConventions() {}

    /**
     * A convention that is built in.
     *
     * @param name one of {@link #NAMES}
     * @throws IllegalArgumentException for another name
     */
    public static LabelConvention of(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("unknown label convention '%s': expected one of %s, or a JSON file"
                    .formatted(name, String.join(", ", NAMES)));
        }
        try (InputStream in = LabelConventions.class.getResourceAsStream(name + ".json")) {
            return fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8), name + ".json");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "label convention '" + name + "' cannot be read from the application jar", e);
        }
    }

    /**
     * Reads a convention.
     *
     * @param source where the JSON comes from, for messages
     * @throws IllegalArgumentException if it does not follow the schema: names the place and what is expected
     */
    public static LabelConvention fromJson(String json, String source) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s is no JSON: %s".formatted(source, e.getMessage()), e);
        }
        try {
            return convention(root);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is no label convention: %s".formatted(source, e.getMessage()), e);
        }
    }

    private static LabelConvention convention(JsonNode root) {
        requireKeys(root, "the whole", Set.of("name", "ignore_label", "classes", "truth"));
        int ignoreLabel = root.has("ignore_label") ? integer(root.get("ignore_label"), "ignore_label") : 255;
        List<LabelClass> classes = new ArrayList<>();
        List<JsonNode> values = new ArrayList<>();
        for (JsonNode json : array(root, "classes")) {
            int id = classes.size();
            String place = "classes[" + id + "]";
            requireKeys(json, place, Set.of("name", "colour", "values"));
            int colour = json.has("colour") ? colour(json.get("colour"), place + ".colour") : Palettes.voc(id);
            classes.add(new LabelClass(id, text(json, "name", place), colour));
            if (json.has("values")) {
                array(json, "values").forEach(values::add);
            }
        }
        ClassSet classSet = new ClassSet(text(root, "name", "the whole"), classes, ignoreLabel);

        JsonNode truth = root.has("truth") ? root.get("truth") : JsonNodeFactory.instance.objectNode();
        requireKeys(truth, "truth", Set.of("ignored", "unlisted", "paths"));
        List<JsonNode> ignored = new ArrayList<>();
        if (truth.has("ignored")) {
            array(truth, "ignored").forEach(ignored::add);
        }
        values.addAll(ignored);
        Encoding encoding = values.stream().anyMatch(JsonNode::isTextual) ? Encoding.COLOURS : Encoding.VALUES;

        Map<Integer, Integer> ids = new TreeMap<>();
        for (int id = 0; id < classes.size(); id++) {
            JsonNode json = root.get("classes").get(id);
            String place = "classes[" + id + "].values";
            if (json.has("values")) {
                for (JsonNode value : json.get("values")) {
                    put(ids, raw(value, encoding, place), id, place);
                }
            } else if (encoding == Encoding.VALUES) {
                put(ids, id, id, place);
            } else {
                throw new IllegalArgumentException(place + " is missing: expected colours, as other classes have");
            }
        }
        if (truth.has("ignored")) {
            for (JsonNode value : ignored) {
                put(ids, raw(value, encoding, "truth.ignored"), Mask.IGNORE, "truth.ignored");
            }
        } else if (encoding == Encoding.VALUES) {
            put(ids, ignoreLabel, Mask.IGNORE, "ignore_label");
        }
        return new LabelConvention(classSet, encoding, ids, unlisted(truth), paths(truth));
    }

    private static Unlisted unlisted(JsonNode truth) {
        if (!truth.has("unlisted")) {
            return Unlisted.ERROR;
        }
        return switch (truth.get("unlisted").asText()) {
            case "error" -> Unlisted.ERROR;
            case "ignore" -> Unlisted.IGNORE;
            default ->
                throw new IllegalArgumentException(
                        "truth.unlisted is %s: expected \"error\" or \"ignore\"".formatted(truth.get("unlisted")));
        };
    }

    private static List<TruthPath> paths(JsonNode truth) {
        if (!truth.has("paths")) {
            return LabelConvention.PLAIN_PATHS;
        }
        List<TruthPath> paths = new ArrayList<>();
        for (JsonNode json : array(truth, "paths")) {
            String place = "truth.paths[" + paths.size() + "]";
            requireKeys(json, place, Set.of("image", "truth"));
            List<String> candidates = new ArrayList<>();
            for (JsonNode candidate : array(json, "truth")) {
                if (!candidate.isTextual()) {
                    throw new IllegalArgumentException("%s.truth has %s: expected strings".formatted(place, candidate));
                }
                candidates.add(candidate.textValue());
            }
            paths.add(new TruthPath(text(json, "image", place), candidates));
        }
        return paths;
    }

    private static void put(Map<Integer, Integer> ids, int raw, int id, String place) {
        Integer other = ids.putIfAbsent(raw, id);
        if (other != null && other != id) {
            throw new IllegalArgumentException("%s: pixel value %d already means %s"
                    .formatted(place, raw, other == Mask.IGNORE ? "ignored" : "class " + other));
        }
    }

    private static void requireKeys(JsonNode json, String place, Set<String> known) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("%s is %s: expected an object".formatted(place, json));
        }
        json.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("%s has the unknown key '%s': expected one of %s"
                        .formatted(place, key, known.stream().sorted().toList()));
            }
        });
    }

    private static JsonNode array(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isArray()) {
            throw new IllegalArgumentException(
                    value.isMissingNode() ? "'%s' is missing".formatted(key) : "'%s' is no array".formatted(key));
        }
        return value;
    }

    private static String text(JsonNode json, String key, String place) {
        JsonNode value = json.path(key);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("%s needs a string '%s'".formatted(place, key));
        }
        return value.textValue();
    }

    private static int raw(JsonNode value, Encoding encoding, String place) {
        return encoding == Encoding.COLOURS ? colour(value, place) : integer(value, place);
    }

    private static int integer(JsonNode value, String place) {
        if (!value.isInt()) {
            throw new IllegalArgumentException("%s has %s: expected an integer".formatted(place, value));
        }
        return value.intValue();
    }

    private static int colour(JsonNode value, String place) {
        if (!value.isTextual() || !value.textValue().matches("#[0-9A-Fa-f]{6}")) {
            throw new IllegalArgumentException("%s has %s: expected a colour \"#RRGGBB\"".formatted(place, value));
        }
        return Integer.parseInt(value.textValue().substring(1), 16);
    }

    /** A convention as JSON; {@link #fromJson} gives an equal one. */
    public static ObjectNode toJson(LabelConvention convention) {
        ClassSet classSet = convention.classes();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("name", classSet.name());
        root.put("ignore_label", classSet.ignoreLabel());
        ArrayNode classes = root.putArray("classes");
        for (LabelClass c : classSet.classes()) {
            ObjectNode json = classes.addObject();
            json.put("name", c.name());
            json.put("colour", hex(c.colour()));
            json.set("values", values(convention, c.id()));
        }
        ObjectNode truth = root.putObject("truth");
        truth.set("ignored", values(convention, Mask.IGNORE));
        truth.put("unlisted", convention.unlisted().name().toLowerCase(Locale.ROOT));
        ArrayNode paths = truth.putArray("paths");
        for (TruthPath path : convention.truthPaths()) {
            ObjectNode json = paths.addObject().put("image", path.image());
            ArrayNode candidates = json.putArray("truth");
            path.truth().forEach(candidates::add);
        }
        return root;
    }

    private static ArrayNode values(LabelConvention convention, int id) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        new TreeMap<>(convention.ids()).forEach((raw, rawId) -> {
            if (rawId == id) {
                if (convention.encoding() == Encoding.COLOURS) {
                    values.add(hex(raw));
                } else {
                    values.add(raw);
                }
            }
        });
        return values;
    }

    private static String hex(int colour) {
        return "#%06X".formatted(colour);
    }
}
