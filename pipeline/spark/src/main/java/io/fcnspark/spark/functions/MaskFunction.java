package io.fcnspark.spark.functions;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** The functions of one row: each is a method of {@link MaskFunctions}. */
public enum MaskFunction {
    MASK_PIXELS("maskPixels", SqlTypes.PIXELS, "Number of pixels of each class of a mask.", mask()),
    MASK_AT(
            "maskAt",
            DataTypes.IntegerType,
            "Class of the pixel at column x and row y, both from 0; null beyond the mask.",
            mask(),
            integer("x"),
            integer("y")),
    MASK_BBOX(
            "maskBbox",
            SqlTypes.BOX,
            "Smallest box around the pixels of a class; null if there are none.",
            mask(),
            integer("class")),
    MASK_RLE("maskRle", SqlTypes.RLE, "Pixels of a class as compressed run lengths of COCO.", mask(), integer("class")),
    MASK_FROM_RLE(
            "maskFromRle",
            DataTypes.BinaryType,
            "Mask of classes given as compressed run lengths of COCO, later ones over earlier ones; class 0 elsewhere.",
            new FunctionParameter("segments", SqlTypes.SEGMENTS)),
    MASK_CONFUSION(
            "maskConfusion",
            SqlTypes.CONFUSION,
            "Confusion matrix of a mask with its truth, without the pixels whose truth is the label to ignore.",
            new FunctionParameter("truth", DataTypes.BinaryType),
            new FunctionParameter("predicted", DataTypes.BinaryType),
            integer("ignore")),
    MASK_OVERLAY(
            "maskOverlay",
            DataTypes.BinaryType,
            "PNG of an image in the colours of its classes.",
            new FunctionParameter("image", DataTypes.BinaryType),
            mask()),
    MASK_POLYGONS(
            "maskPolygons",
            SqlTypes.POLYGONS,
            "Pixels of a class as polygons along the edges of pixels, each x, y, x, y, and so on.",
            mask(),
            integer("class"));

    private final String method;

    @SuppressWarnings("ImmutableEnumChecker") // Spark's types never change
    private final DataType type;

    private final String usage;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<FunctionParameter> parameters;

    MaskFunction(String method, DataType type, String usage, FunctionParameter... parameters) {
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

    /** How it is called and what it does, for {@code DESCRIBE FUNCTION}. */
    public String usage() {
        return "%s(%s) - %s"
                .formatted(
                        sqlName(),
                        parameters.stream().map(FunctionParameter::name).collect(Collectors.joining(", ")),
                        usage);
    }

    private static FunctionParameter mask() {
        return new FunctionParameter("mask", DataTypes.BinaryType);
    }

    private static FunctionParameter integer(String name) {
        return new FunctionParameter(name, DataTypes.IntegerType);
    }
}
