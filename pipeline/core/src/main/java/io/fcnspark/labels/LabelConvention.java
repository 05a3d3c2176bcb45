package io.fcnspark.labels;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a data set stores its labels: what the pixels of its truth files mean, and where those files lie.
 *
 * <p>As JSON, of which {@code camvid.json}, {@code cityscapes.json} and the others beside this class are examples (keys with
 * a default may be left out; a key that is not listed here is an error):
 *
 * <pre>
 * {
 *   "name": "camvid",
 *   "ignore_label": 11,                      default 255: see {@link ClassSet#ignoreLabel}
 *   "classes": [                             in the order of the ids, from 0
 *     {
 *       "name": "Sky",
 *       "colour": "#808080",                 default: {@link Palettes#voc} of the id
 *       "values": [0]                        pixels of the truth with this class: grey values or palette indices,
 *     }, …                                   or colours ["#RRGGBB"]; default: the id
 *   ],
 *   "truth": {                               default {}
 *     "ignored": [11],                       pixels that no metric counts; default: ignore_label, or none for colours
 *     "unlisted": "error",                   what any other pixel is: "error" or "ignore"; default "error"
 *     "paths": [                             the first rule whose "image" matches counts; default: images/X.* has its
 *       {                                    truth in labels/X.png
 *         "image": "(.*&#47;)?(train|val|test)/(.+)\\.[^./]+",
 *         "truth": ["$1$2annot/$3.png"]      see {@link TruthPath}
 *       }, …
 *     ]
 *   }
 * }
 * </pre>
 *
 * @param classes what the labels mean
 * @param encoding what of a pixel tells its class
 * @param ids class id, or {@link Mask#IGNORE}, by what a pixel of the truth holds
 * @param unlisted what pixels are whose value is not among {@code ids}
 * @param truthPaths where truth lies; the first rule that matches an image counts
 */
public record LabelConvention(
        ClassSet classes, Encoding encoding, Map<Integer, Integer> ids, Unlisted unlisted, List<TruthPath> truthPaths) {

    /** What of a pixel tells its class. */
    public enum Encoding {
        /** The grey value as stored, 0 … 65535, or the index into the palette, never the palette's colour. */
        VALUES,
        /** The colour, 0xRRGGBB. */
        COLOURS
    }

    /** What pixels are whose value a convention does not list. */
    public enum Unlisted {
        /** A sign that the file does not follow the convention. */
        ERROR,
        /** Not to be counted. */
        IGNORE
    }

    static final List<TruthPath> PLAIN_PATHS = List.of(
            new TruthPath("(.*/)?images/(.+)\\.[^./]+", List.of("$1labels/$2.png", "$2.png")),
            new TruthPath("(.+)\\.[^./]+", List.of("$1.png", "labels/$1.png")));

    public LabelConvention {
        ids = Map.copyOf(ids);
        truthPaths = List.copyOf(truthPaths);
        int maxRaw = encoding == Encoding.VALUES ? 0xffff : 0xffffff;
        ids.forEach((raw, id) -> {
            if (raw < 0 || raw > maxRaw) {
                throw new IllegalArgumentException("label convention '%s': pixel value %d: expected 0 to %d"
                        .formatted(classes.name(), raw, maxRaw));
            }
            if (id != Mask.IGNORE && (id < 0 || id >= classes.size())) {
                throw new IllegalArgumentException("label convention '%s': class id %d: expected 0 to %d"
                        .formatted(classes.name(), id, classes.size() - 1));
            }
        });
    }

    /**
     * The plain layout: truth is a grey PNG of class ids, with {@link ClassSet#ignoreLabel} where it is void, at the same path
     * below {@code labels} as the image below {@code images}.
     */
    public static LabelConvention plain(ClassSet classes) {
        Map<Integer, Integer> ids = new TreeMap<>();
        classes.classes().forEach(c -> ids.put(c.id(), c.id()));
        ids.put(classes.ignoreLabel(), Mask.IGNORE);
        return new LabelConvention(classes, Encoding.VALUES, ids, Unlisted.ERROR, PLAIN_PATHS);
    }

    /**
     * The class of a pixel of the truth.
     *
     * @param raw grey value, palette index, or 0xRRGGBB, as {@link #encoding} has it
     * @return class id, {@link Mask#IGNORE}, or empty for a value that the convention does not have
     */
    public OptionalInt classOf(int raw) {
        Integer id = ids.get(raw);
        if (id != null) {
            return OptionalInt.of(id);
        }
        return unlisted == Unlisted.IGNORE ? OptionalInt.of(Mask.IGNORE) : OptionalInt.empty();
    }

    /**
     * Where the truth of an image may lie.
     *
     * @param imagePath of the image below the input root, with {@code /} between folders, as the file system names it: not
     *     encoded as in a URI
     * @return paths below the truth root, the most likely first; the last is always the same path with the ending
     *     {@code .png}, unless it comes earlier
     */
    public List<String> truthCandidates(String imagePath) {
        Set<String> candidates = new LinkedHashSet<>();
        truthPaths.stream()
                .flatMap(rule -> rule.candidates(imagePath).stream())
                .findFirst()
                .ifPresent(candidates::addAll);
        candidates.add(withoutEnding(imagePath) + ".png");
        return new ArrayList<>(candidates);
    }

    private static String withoutEnding(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
    }
}
