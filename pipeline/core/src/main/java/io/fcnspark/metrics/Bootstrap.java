package io.fcnspark.metrics;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * How far scores would scatter if other images of the same kind had been taken: the bootstrap over images, with weights drawn
 * from a Poisson distribution of mean 1 (Oza, Russell, "Online Bagging and Boosting", 2001; Chamandy, Muralidharan, Najmi,
 * Naidu, "Estimating Uncertainty for Massive Data Streams", 2012), so that each image is seen once and nothing but {@value
 * #REPLICATES} sums is kept.
 *
 * <p>The weights of an image follow from its name and the seed: any partitioning and any order of the images give the same
 * result, and two labellings of the same images are drawn alike, so that their difference can be judged pair by pair. Images
 * are taken to be independent of each other; where neighbours in a film are alike, the truth scatters wider.
 */
public final class Bootstrap implements Serializable {
    private static final long serialVersionUID = 1;

    /** Number of sets of images that are drawn. */
    public static final int REPLICATES = 1000;

    /** P(X ≤ k) for k = 0, 1, 2, … of a Poisson distribution of mean 1. */
    private static final double[] POISSON = poisson();

    private final int numClasses;
    private final long seed;

    /**
     * Of each replicate, for each class: correct, truth, and predicted pixels. The first is the set of images itself, in which
     * each counts once. Without images empty: that is what travels with every task.
     */
    private long[] sums = {};

    private final long[] imagesWithClass;
    private long images;

    private Bootstrap(int numClasses, long seed) {
        this.numClasses = numClasses;
        this.seed = seed;
        this.imagesWithClass = new long[numClasses];
    }

    /** No image at all. */
    public static Bootstrap zero(int numClasses, long seed) {
        return new Bootstrap(numClasses, seed);
    }

    /**
     * Adds an image to this.
     *
     * @param name the same for all labellings of the image, different for other images
     */
    public Bootstrap add(String name, ConfusionMatrix confusion) {
        if (confusion.numClasses() != numClasses) {
            throw new IllegalArgumentException(
                    "a confusion matrix of %d classes: expected %d".formatted(confusion.numClasses(), numClasses));
        }
        if (confusion.pixels() == 0) {
            return this;
        }
        ClassCounts counts = ClassCounts.of(confusion);
        int[] present = new int[numClasses];
        int numPresent = 0;
        for (int i = 0; i < numClasses; i++) {
            if (counts.has(i)) {
                present[numPresent++] = i;
                imagesWithClass[i]++;
            }
        }
        images++;
        allocate();
        addWeighted(counts, present, numPresent, 0, 1);
        SplittableRandom random = random(seed, name);
        for (int replicate = 1; replicate <= REPLICATES; replicate++) {
            int weight = poisson(random.nextDouble());
            if (weight > 0) {
                addWeighted(counts, present, numPresent, replicate, weight);
            }
        }
        return this;
    }

    private void allocate() {
        if (sums.length == 0) {
            sums = new long[(REPLICATES + 1) * 3 * numClasses];
        }
    }

    private void addWeighted(ClassCounts counts, int[] present, int numPresent, int replicate, int weight) {
        int offset = replicate * 3 * numClasses;
        for (int k = 0; k < numPresent; k++) {
            int i = present[k];
            sums[offset + i] += weight * counts.correct()[i];
            sums[offset + numClasses + i] += weight * counts.truth()[i];
            sums[offset + 2 * numClasses + i] += weight * counts.predicted()[i];
        }
    }

    /**
     * Adds other images to this.
     *
     * @throws IllegalArgumentException for those of another seed or of another number of classes
     */
    public Bootstrap merge(Bootstrap other) {
        if (numClasses != other.numClasses || seed != other.seed) {
            throw new IllegalArgumentException("bootstraps of %d and %d classes, seeds %d and %d, do not add up"
                    .formatted(numClasses, other.numClasses, seed, other.seed));
        }
        if (other.images > 0) {
            allocate();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += other.sums[i];
            }
        }
        for (int i = 0; i < numClasses; i++) {
            imagesWithClass[i] += other.imagesWithClass[i];
        }
        images += other.images;
        return this;
    }

    /**
     * The intervals. A set of fewer than two images has none, neither has a class that fewer than two images have, in truth or
     * prediction.
     */
    public Intervals intervals() {
        Map<Score, Interval> scores = new EnumMap<>(Score.class);
        Map<Integer, Interval> accuracies = new HashMap<>();
        Map<Integer, Interval> ious = new HashMap<>();
        if (images >= 2) {
            for (Score score : Score.values()) {
                interval(score::of).ifPresent(interval -> scores.put(score, interval));
            }
        }
        for (int i = 0; i < numClasses; i++) {
            int id = i;
            if (imagesWithClass[id] >= 2) {
                interval(n -> Scores.accuracy(n, id)).ifPresent(interval -> accuracies.put(id, interval));
                interval(n -> Scores.iou(n, id)).ifPresent(interval -> ious.put(id, interval));
            }
        }
        return new Intervals(seed, scores, accuracies, ious);
    }

    /** Images of which at least one pixel counts. */
    long images() {
        return images;
    }

    /** Images that have the class, in truth or prediction. */
    long imagesWithClass(int classId) {
        return imagesWithClass[classId];
    }

    /** The sums of a replicate, from 1; those of 0 are of the set of images itself. */
    ClassCounts counts(int replicate) {
        if (images == 0) {
            return new ClassCounts(new long[numClasses], new long[numClasses], new long[numClasses]);
        }
        int offset = replicate * 3 * numClasses;
        return new ClassCounts(
                Arrays.copyOfRange(sums, offset, offset + numClasses),
                Arrays.copyOfRange(sums, offset + numClasses, offset + 2 * numClasses),
                Arrays.copyOfRange(sums, offset + 2 * numClasses, offset + 3 * numClasses));
    }

    private Optional<Interval> interval(Function<ClassCounts, OptionalDouble> score) {
        double[] values = new double[REPLICATES];
        int defined = 0;
        for (int replicate = 1; replicate <= REPLICATES; replicate++) {
            // Without a value where chance left out all images that have one.
            OptionalDouble value = score.apply(counts(replicate));
            if (value.isPresent()) {
                values[defined++] = value.getAsDouble();
            }
        }
        return Interval.of(Arrays.copyOf(values, defined));
    }

    private static SplittableRandom random(long seed, String name) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
            sha256.update(name.getBytes(StandardCharsets.UTF_8));
            return new SplittableRandom(ByteBuffer.wrap(sha256.digest()).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static int poisson(double uniform) {
        int count = 0;
        while (count < POISSON.length && uniform >= POISSON[count]) {
            count++;
        }
        return count;
    }

    private static double[] poisson() {
        // Beyond 18, the probability is below the resolution of a double.
        double[] cumulative = new double[18];
        double probability = Math.exp(-1);
        double sum = 0;
        for (int k = 0; k < cumulative.length; k++) {
            sum += probability;
            cumulative[k] = sum;
            probability /= k + 1;
        }
        return cumulative;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bootstrap bootstrap
                && seed == bootstrap.seed
                && images == bootstrap.images
                && Arrays.equals(imagesWithClass, bootstrap.imagesWithClass)
                && Arrays.equals(sums, bootstrap.sums);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(sums) + Long.hashCode(seed);
    }
}
