package io.fcnspark.spark.functions;

import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.ImageException;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labelling.BoundedDecoder;
import io.fcnspark.labels.BoundingBox;
import io.fcnspark.labels.CocoRle;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskOverlay;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.labels.MaskPolygons;
import io.fcnspark.labels.Palettes;
import io.fcnspark.metrics.ConfusionCells;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The functions of one row, in terms of Spark's internal values; what they compute is elsewhere. Public because Spark's generated
 * code calls them, and for nobody else. No argument is null.
 */
public final class MaskFunctions {
    /** Images come from anybody, and a query has no option for their size. */
    private static final BoundedDecoder IMAGES = new BoundedDecoder(Optional.empty(), ImageDecoder.DEFAULT_MAX_PIXELS);

    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

    private MaskFunctions() {}

    /** {@code mask_pixels(mask)}. */
    public static MapData maskPixels(byte[] mask) {
        SortedMap<Integer, Long> pixels =
                decode(MaskFunction.MASK_PIXELS, "mask", mask).pixelsByLabel();
        return new ArrayBasedMapData(
                new GenericArrayData(pixels.keySet().toArray()),
                new GenericArrayData(pixels.values().toArray()));
    }

    /** {@code mask_at(mask, x, y)}. */
    public static Integer maskAt(byte[] mask, int x, int y) {
        requireRange(MaskFunction.MASK_AT, "x", x, Integer.MAX_VALUE);
        requireRange(MaskFunction.MASK_AT, "y", y, Integer.MAX_VALUE);
        Mask decoded = decode(MaskFunction.MASK_AT, "mask", mask);
        return x < decoded.width() && y < decoded.height() ? (Integer) decoded.at(x, y) : null;
    }

    /** {@code mask_bbox(mask, class)}. */
    public static InternalRow maskBbox(byte[] mask, int classId) {
        requireClass(MaskFunction.MASK_BBOX, classId);
        return BoundingBox.of(decode(MaskFunction.MASK_BBOX, "mask", mask), classId)
                .map(box -> row(box.x(), box.y(), box.width(), box.height()))
                .orElse(null);
    }

    /** {@code mask_rle(mask, class)}. */
    public static InternalRow maskRle(byte[] mask, int classId) {
        requireClass(MaskFunction.MASK_RLE, classId);
        CocoRle rle = CocoRle.of(decode(MaskFunction.MASK_RLE, "mask", mask), classId);
        return row(new GenericArrayData(new int[] {rle.height(), rle.width()}), UTF8String.fromString(rle.counts()));
    }

    /** {@code mask_from_rle(segments)}. */
    public static byte[] maskFromRle(ArrayData segments) {
        Mask mask = null;
        int max = 0;
        for (int i = 0; i < segments.numElements(); i++) {
            InternalRow segment = segments.isNullAt(i) ? null : segments.getStruct(i, 2);
            if (segment == null || segment.isNullAt(0) || segment.isNullAt(1)) {
                continue;
            }
            int classId = segment.getInt(0);
            requireClass(MaskFunction.MASK_FROM_RLE, classId);
            CocoRle rle = rle(segment.getStruct(1, 2), i);
            if (mask == null) {
                mask = new Mask(rle.width(), rle.height(), new char[rle.width() * rle.height()]);
            } else if (mask.width() != rle.width() || mask.height() != rle.height()) {
                throw bad(
                        MaskFunction.MASK_FROM_RLE,
                        "segments",
                        "entry %d is of size [%d, %d], those before of [%d, %d] (height, width): expected the same size"
                                .formatted(i, rle.height(), rle.width(), mask.height(), mask.width()),
                        null);
            }
            rle.paint(mask.labels(), (char) classId);
            max = Math.max(max, classId);
        }
        return mask == null ? null : MaskPng.encode(mask, max + 1);
    }

    /** {@code mask_confusion(truth, predicted, ignore)}. */
    public static ArrayData maskConfusion(byte[] truth, byte[] predicted, int ignore) {
        requireRange(MaskFunction.MASK_CONFUSION, "ignore", ignore, Mask.IGNORE);
        Mask trueMask = decode(MaskFunction.MASK_CONFUSION, "truth", truth);
        Mask predictedMask = decode(MaskFunction.MASK_CONFUSION, "predicted", predicted);
        try {
            return confusion(ConfusionCells.of(trueMask, predictedMask, ignore));
        } catch (IllegalArgumentException e) {
            throw new FunctionException(MaskFunction.MASK_CONFUSION.sqlName(), e.getMessage(), e);
        }
    }

    /** {@code mask_overlay(image, mask)}. */
    public static byte[] maskOverlay(byte[] image, byte[] mask) {
        return overlay(image, mask, Palettes::voc);
    }

    /** {@code mask_overlay(image, mask, palette)}. */
    public static byte[] maskOverlay(byte[] image, byte[] mask, ArrayData palette) {
        int[] colours = new int[palette.numElements()];
        for (int id = 0; id < colours.length; id++) {
            colours[id] = palette.isNullAt(id)
                    ? MaskOverlay.NO_COLOUR
                    : colour(palette.getUTF8String(id).toString(), id);
        }
        return overlay(image, mask, label -> label < colours.length ? colours[label] : MaskOverlay.NO_COLOUR);
    }

    private static int colour(String text, int id) {
        if (!COLOUR.matcher(text).matches()) {
            throw bad(
                    MaskFunction.MASK_OVERLAY,
                    "palette",
                    "entry %d is '%s': expected a colour #RRGGBB".formatted(id, text),
                    null);
        }
        return Integer.parseInt(text.substring(1), 16);
    }

    private static byte[] overlay(byte[] image, byte[] mask, IntUnaryOperator colourOf) {
        Mask decoded = decode(MaskFunction.MASK_OVERLAY, "mask", mask);
        RgbImage pixels;
        try {
            pixels = IMAGES.image(image);
        } catch (ImageException e) {
            throw bad(MaskFunction.MASK_OVERLAY, "image", e.getMessage(), e);
        }
        try {
            return PngEncoder.encode(MaskOverlay.blend(pixels, decoded, colourOf));
        } catch (IllegalArgumentException e) {
            throw new FunctionException(MaskFunction.MASK_OVERLAY.sqlName(), e.getMessage(), e);
        }
    }

    /** {@code mask_polygons(mask, class)}. */
    public static ArrayData maskPolygons(byte[] mask, int classId) {
        requireClass(MaskFunction.MASK_POLYGONS, classId);
        return new GenericArrayData(MaskPolygons.of(decode(MaskFunction.MASK_POLYGONS, "mask", mask), classId).stream()
                .map(GenericArrayData::new)
                .toArray());
    }

    static ArrayData confusion(List<Cell> cells) {
        return new GenericArrayData(cells.stream()
                .map(cell -> row(cell.truth(), cell.predicted(), cell.pixels()))
                .toArray());
    }

    static InternalRow row(Object... values) {
        return new GenericInternalRow(values);
    }

    private static CocoRle rle(InternalRow rle, int index) {
        ArrayData size = rle.isNullAt(0) ? null : rle.getArray(0);
        if (size == null || size.numElements() != 2 || size.isNullAt(0) || size.isNullAt(1) || rle.isNullAt(1)) {
            throw bad(
                    MaskFunction.MASK_FROM_RLE,
                    "segments",
                    "entry %d has no size of two numbers, [height, width], or no counts".formatted(index),
                    null);
        }
        try {
            return new CocoRle(
                    size.getInt(0), size.getInt(1), rle.getUTF8String(1).toString());
        } catch (IllegalArgumentException e) {
            throw bad(MaskFunction.MASK_FROM_RLE, "segments", "entry %d: %s".formatted(index, e.getMessage()), e);
        }
    }

    private static Mask decode(MaskFunction function, String argument, byte[] png) {
        try {
            return DecodedMasks.decode(png);
        } catch (ImageException e) {
            throw bad(function, argument, e.getMessage(), e);
        }
    }

    private static void requireClass(MaskFunction function, int classId) {
        requireRange(function, "class", classId, Mask.MAX_CLASS_ID);
    }

    private static void requireRange(MaskFunction function, String argument, int value, int max) {
        if (value < 0 || value > max) {
            throw bad(function, argument, "%d: expected 0 to %d".formatted(value, max), null);
        }
    }

    private static FunctionException bad(MaskFunction function, String argument, String problem, Throwable cause) {
        return new FunctionException(function.sqlName(), argument, problem, cause);
    }
}
