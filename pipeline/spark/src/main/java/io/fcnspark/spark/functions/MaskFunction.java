package io.fcnspark.spark.functions;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** The functions of one row: each is a method of {@link MaskFunctions}. */
public enum MaskFunction {
    MASK_PIXELS(
            "maskPixels", SqlTypes.PIXELS, "Number of pixels of each class of a mask.", "mask_pixels(mask)[3]", mask()),
    MASK_AT(
            "maskAt",
            DataTypes.IntegerType,
            "Class of the pixel at column x and row y, both from 0; null beyond the mask.",
            "mask_at(mask, 0, height - 1)",
            mask(),
            integer("x"),
            integer("y")),
    MASK_BBOX(
            "maskBbox",
            SqlTypes.BOX,
            "Smallest box around the pixels of a class; null if there are none.",
            "mask_bbox(mask, 3)",
            mask(),
            integer("class")),
    MASK_RLE(
            "maskRle",
            SqlTypes.RLE,
            "Pixels of a class as compressed run lengths of COCO.",
            "mask_rle(mask, 3).counts",
            mask(),
            integer("class")),
    MASK_FROM_RLE(
            "maskFromRle",
            DataTypes.BinaryType,
            "Mask of classes given as compressed run lengths of COCO, later ones over earlier ones; class 0 elsewhere.",
            "mask_from_rle(array(struct(3 AS class, mask_rle(mask, 3) AS rle)))",
            new FunctionParameter("segments", SqlTypes.SEGMENTS)),
    MASK_CONFUSION(
            "maskConfusion",
            SqlTypes.CONFUSION,
            "Confusion matrix of a mask with its truth, without the pixels whose truth is the label to ignore.",
            "mask_confusion(truth, mask, 255)",
            new FunctionParameter("truth", DataTypes.BinaryType),
            new FunctionParameter("predicted", DataTypes.BinaryType),
            integer("ignore")),
    MASK_OVERLAY(
            "maskOverlay",
            DataTypes.BinaryType,
            "PNG of an image in the colours of its classes: those of a palette, by class id, or else VOC's.",
            "mask_overlay(content, mask, array('#804080', '#4682B4'))",
            1,
            new FunctionParameter("image", DataTypes.BinaryType),
            mask(),
            new FunctionParameter("palette", SqlTypes.PALETTE)),
    MASK_POLYGONS(
            "maskPolygons",
            SqlTypes.POLYGONS,
            "Pixels of a class as polygons along the edges of pixels, each x, y, x, y, and so on.",
            "mask_polygons(mask, 3)",
            mask(),
            integer("class"));

    private final String method;

    @SuppressWarnings("ImmutableEnumChecker") // Spark's types never change
    private final DataType type;

    private final String usage;
    private final String example;
    private final int optional;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<FunctionParameter> parameters;

    MaskFunction(String method, DataType type, String usage, String example, FunctionParameter... parameters) {
        this(method, type, usage, example, 0, parameters);
    }

    /** @param optional how many of the last parameters may be left out */
    MaskFunction(
            String method, DataType type, String usage, String example, int optional, FunctionParameter... parameters) {
        this.example = example;
        this.optional = optional;
        this.method = method;
        this.type = type;
        this.usage = usage;
        this.parameters = List.of(parameters);
    }

    /** Its name in SQL. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Method of {@link MaskFunctions}. */
    String method() {
        return method;
    }

    /** What it gives. */
    DataType type() {
        return type;
    }

    List<FunctionParameter> parameters() {
        return parameters;
    }

    /** How many arguments it takes at least. */
    int required() {
        return parameters.size() - optional;
    }

    /** How it is called and what it does, for {@code DESCRIBE FUNCTION}. */
    public String usage() {
        List<String> names = parameters.stream().map(FunctionParameter::name).toList();
        String rest = names.subList(required(), names.size()).stream()
                .map(name -> "[, " + name + "]")
                .collect(Collectors.joining());
        return "%s(%s%s) - %s".formatted(sqlName(), String.join(", ", names.subList(0, required())), rest, usage);
    }

    /** An expression that calls it, for {@code DESCRIBE FUNCTION EXTENDED}. */
    String example() {
        return example;
    }

    private static FunctionParameter mask() {
        return new FunctionParameter("mask", DataTypes.BinaryType);
    }

    private static FunctionParameter integer(String name) {
        return new FunctionParameter(name, DataTypes.IntegerType);
    }
}
