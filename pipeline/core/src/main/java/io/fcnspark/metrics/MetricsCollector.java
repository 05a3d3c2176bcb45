package io.fcnspark.metrics;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.metrics.ConfusionMatrix.Cell;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Gathers what is needed for the metrics of a set of images whose number of classes nobody told. Sets may be gathered apart and
 * merged in any order, with the very same result. Not safe for use by several threads.
 */
public final class MetricsCollector {
    private final Map<Long, Long> pixels = new HashMap<>();
    private long images;
    private long imagesWithIou;
    private long iouSum;

    /**
     * Adds one image.
     *
     * @param cells of its confusion; those of the same place add up
     * @throws IllegalArgumentException for a class id over {@link Mask#MAX_CLASS_ID}
     */
    public void add(List<Cell> cells) {
        MetricsState image = MetricsState.ofImage(compact(cells, classIds(cells)));
        images++;
        imagesWithIou += image.imagesWithIou();
        iouSum = Math.addExact(iouSum, image.iouSum());
        cells.forEach(cell -> add(key(cell), cell.pixels()));
    }

    /** Adds the images that another has gathered. */
    public void add(MetricsCollector other) {
        images = Math.addExact(images, other.images);
        imagesWithIou = Math.addExact(imagesWithIou, other.imagesWithIou);
        iouSum = Math.addExact(iouSum, other.iouSum);
        other.pixels.forEach(this::add);
    }

    /** Number of images gathered. */
    public long images() {
        return images;
    }

    /** Sum over the images: the entries that are not zero, by ascending truth, then predicted. */
    public List<Cell> cells() {
        return pixels.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Cell(
                        (int) (entry.getKey() >>> Integer.SIZE), entry.getKey().intValue(), entry.getValue()))
                .toList();
    }

    /** Classes that occur in truth or prediction, ascending. */
    public int[] classIds() {
        return classIds(cells());
    }

    /** The metrics, in which the class at position i is the one at position i of {@link #classIds}; ignored pixels are unknown. */
    public SegmentationMetrics metrics() {
        List<Cell> cells = cells();
        int[] ids = classIds(cells);
        ConfusionMatrix confusion = compact(cells, ids);
        List<LabelClass> classes = IntStream.range(0, confusion.numClasses())
                .mapToObj(i -> new LabelClass(i, i < ids.length ? "class " + ids[i] : "none", 0))
                .toList();
        return SegmentationMetrics.of(
                new MetricsState(images, confusion, imagesWithIou, iouSum), new ClassSet("", classes, Mask.IGNORE));
    }

    /** Writes what has been gathered. */
    public void write(DataOutput out) throws IOException {
        out.writeLong(images);
        out.writeLong(imagesWithIou);
        out.writeLong(iouSum);
        out.writeInt(pixels.size());
        for (Map.Entry<Long, Long> entry : pixels.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeLong(entry.getValue());
        }
    }

    /** Reads what {@link #write} has written. */
    public static MetricsCollector read(DataInput in) throws IOException {
        MetricsCollector collector = new MetricsCollector();
        collector.images = in.readLong();
        collector.imagesWithIou = in.readLong();
        collector.iouSum = in.readLong();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            collector.pixels.put(in.readLong(), in.readLong());
        }
        return collector;
    }

    private void add(long key, long count) {
        pixels.merge(key, count, Math::addExact);
    }

    private static long key(Cell cell) {
        return (long) cell.truth() << Integer.SIZE | cell.predicted();
    }

    private static int[] classIds(List<Cell> cells) {
        int[] ids = new int[2 * cells.size()];
        int size = 0;
        for (Cell cell : cells) {
            ids[size++] = classId(cell.truth());
            ids[size++] = classId(cell.predicted());
        }
        Arrays.sort(ids);
        int distinct = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || ids[i] != ids[i - 1]) {
                ids[distinct++] = ids[i];
            }
        }
        return Arrays.copyOf(ids, distinct);
    }

    private static int classId(int id) {
        if (id > Mask.MAX_CLASS_ID) {
            throw new IllegalArgumentException("class %d: expected 0 to %d".formatted(id, Mask.MAX_CLASS_ID));
        }
        return id;
    }

    /** With only the classes that occur, which neither changes a mean nor the order in which it is summed. */
    private static ConfusionMatrix compact(List<Cell> cells, int[] ids) {
        List<Cell> compact = cells.stream()
                .map(cell -> new Cell(
                        Arrays.binarySearch(ids, cell.truth()),
                        Arrays.binarySearch(ids, cell.predicted()),
                        cell.pixels()))
                .toList();
        return ConfusionMatrix.ofCells(Math.max(1, ids.length), compact, 0);
    }
}
