package io.fcnspark.engine;

import io.fcnspark.engine.BufferPool.PooledMaps;
import io.fcnspark.engine.PhaseListener.Phase;
import io.fcnspark.image.Region;
import io.fcnspark.image.RgbImage;
import io.fcnspark.image.Tile;
import io.fcnspark.image.Tiling;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Weights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A model loaded into an engine: labels images. Safe for use by several threads at once, which share the weights.
 *
 * <p>Where the network's last upsampling is the same separable interpolation for each class, as it is by default, the engine
 * computes the coarse scores before it only, and the upsampling happens here together with arg max and softmax, row by row.
 * Where it has learned something else, the engine computes it.
 */
public final class Segmenter implements AutoCloseable {
    /** Of the coarsest layer, in any of the networks. */
    private static final int STRIDE = 32;

    /** Measured: see the section on huge images in pipeline/README.md. */
    private static final int TILE_HALO = 192;

    private final ModelDescription description;
    private final Fcn network;
    private final List<Layer> layers;
    private final Optional<SeparableKernel> finalKernel;
    private final NetworkRunner runner;
    private final Workers workers;

    private final BufferPool imageBuffers = new BufferPool();
    private final BufferPool scoreBuffers = new BufferPool();

    private Segmenter(
            ModelDescription description,
            Fcn network,
            List<Layer> layers,
            Optional<SeparableKernel> finalKernel,
            NetworkRunner runner,
            Workers workers) {
        this.description = description;
        this.network = network;
        this.layers = layers;
        this.finalKernel = finalKernel;
        this.runner = runner;
        this.workers = workers;
    }

    /**
     * Loads a model into an engine. The model's weights are not needed after this returns.
     *
     * @param threads CPU threads for one batch, at least 1
     * @param precision a quantised model can be computed in any, with its weights as real numbers in all but int8
     * @throws ModelException if a weight is NaN or infinite, or if the model is not quantised and int8 is asked for
     * @throws EngineException if the engine cannot run on that device in that precision
     */
    public static Segmenter load(Model model, EngineProvider engine, Device device, Precision precision, int threads) {
        engine.unavailable(device, precision).ifPresent(reason -> {
            throw new EngineException(
                    "engine %s cannot run on %s in %s: %s".formatted(engine.name(), device, precision.id(), reason));
        });
        Quantisation quantisation = model.description().quantisation();
        boolean integers = precision == Precision.INT8;
        if (integers && !quantisation.isPresent()) {
            throw notQuantised(model.description());
        }
        Weights sound = SoundWeights.of(model);
        Weights weights = integers ? sound : sound.dequantised(quantisation);
        Fcn network = model.description().network();
        TransposedConvolution upsampling = network.finalUpsampling();
        Optional<SeparableKernel> kernel = SeparableKernel.of(weights.tensor(upsampling.name() + ".weight"));
        String outputLayer = kernel.isPresent() ? upsampling.input() : Fcn.SCORE;
        return new Segmenter(
                model.description(),
                network,
                network.layersUpTo(outputLayer),
                kernel,
                engine.load(
                        network,
                        weights,
                        new RunnerOptions(
                                outputLayer, device, precision, threads, integers ? quantisation : Quantisation.NONE)),
                new Workers(threads));
    }

    static ModelException notQuantised(ModelDescription model) {
        return new ModelException(
                "model %s is not quantised, and int8 needs a model that is: make one of it with fcn quantise, or choose another precision"
                        .formatted(model.identity()));
    }

    /** What model is loaded. */
    public ModelDescription description() {
        return description;
    }

    /**
     * How images of more than {@code maxPixels} pixels are cut for {@link #segment(RgbImage, Tile, PhaseListener)}.
     *
     * @throws IllegalArgumentException if tiles would hardly be more than their borders
     */
    public static Tiling tiling(long maxPixels) {
        return new Tiling(maxPixels, STRIDE, TILE_HALO);
    }

    /** The size at which an image of {@code width} x {@code height} pixels enters the network. */
    public BatchShape batchShape(int width, int height) {
        return new BatchShape(
                network.geometry().paddedSize(height), network.geometry().paddedSize(width));
    }

    /**
     * Labels images, in one run of the network.
     *
     * @param images at least one, all of the same {@link #batchShape}
     * @return one result for each, in order, at the image's own size
     * @throws IllegalArgumentException if the images' batch shapes differ
     * @throws ModelException if the model gives scores that are no numbers
     * @throws EngineException if the engine fails
     */
    public List<Segmentation> segment(List<RgbImage> images) {
        return segment(images, PhaseListener.NONE);
    }

    /** As {@link #segment(List)}; the listener, in this thread, hears what the parts of the work took. */
    public List<Segmentation> segment(List<RgbImage> images, PhaseListener listener) {
        return run(images, Segmenter::whole, listener, runner::run);
    }

    /**
     * Labels images as {@link #segment(List)} does, and tells what each part of the work took: preprocessing, the layers, or
     * {@code network} as a whole if the engine times none, and {@code postprocess}, which includes the last upsampling where it
     * is not among the layers.
     */
    public List<LayerTime> timeLayers(List<RgbImage> images) {
        List<LayerTime> times = new ArrayList<>();
        PhaseListener listener = (phase, nanos) -> {
            if (phase != Phase.NETWORK || !timesLayers()) {
                times.add(new LayerTime(phase.name().toLowerCase(Locale.ROOT), nanos));
            }
        };
        run(
                images,
                Segmenter::whole,
                listener,
                runner instanceof LayerTimer timer
                        ? (data, scores) -> times.addAll(timer.runTimed(data, scores))
                        : runner::run);
        return times;
    }

    /** Whether {@link #timeLayers} tells layers apart. */
    public boolean timesLayers() {
        return runner instanceof LayerTimer;
    }

    /**
     * Labels a tile of an image.
     *
     * @param listener as for {@link #segment(List, PhaseListener)}
     * @return a result for the tile's core, as if that were an image
     * @throws ModelException if the model gives scores that are no numbers
     * @throws EngineException if the engine fails
     */
    public Segmentation segment(RgbImage image, Tile tile, PhaseListener listener) {
        Region core = tile.core().within(tile.input());
        return run(List.of(image.crop(tile.input())), seen -> core, listener, runner::run)
                .get(0);
    }

    private static Region whole(RgbImage image) {
        return Region.of(image.width(), image.height());
    }

    private List<Segmentation> run(
            List<RgbImage> images,
            Function<RgbImage, Region> wanted,
            PhaseListener listener,
            BiConsumer<FeatureMaps, FeatureMaps> run) {
        long start = System.nanoTime();
        BatchShape shape = commonShape(images);
        Shape result = Shapes.infer(layers, shape.height(), shape.width()).get(outputLayer());
        try (PooledMaps data = imageBuffers.acquire(images.size(), 3, shape.height(), shape.width());
                PooledMaps scores =
                        scoreBuffers.acquire(images.size(), result.channels(), result.height(), result.width())) {
            FloatBuffer planes = data.maps().values();
            for (RgbImage image : images) {
                description.preprocessing().apply(image, shape.width(), shape.height(), planes);
            }
            long preprocessed = System.nanoTime();
            listener.took(Phase.PREPROCESS, preprocessed - start);
            run.accept(data.maps(), scores.maps());
            long scored = System.nanoTime();
            listener.took(Phase.NETWORK, scored - preprocessed);
            List<Segmentation> segmentations = new ArrayList<>(images.size());
            for (int i = 0; i < images.size(); i++) {
                segmentations.add(read(scores.maps(), i, images.get(i), wanted.apply(images.get(i))));
            }
            listener.took(Phase.POSTPROCESS, System.nanoTime() - scored);
            return segmentations;
        }
    }

    /** Releases the native memory. No call of {@link #segment} may be in progress. */
    @Override
    public void close() {
        runner.close();
        workers.close();
    }

    private BatchShape commonShape(List<RgbImage> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("no images: expected at least one");
        }
        BatchShape first = batchShape(images.get(0).width(), images.get(0).height());
        for (RgbImage image : images) {
            BatchShape shape = batchShape(image.width(), image.height());
            if (!shape.equals(first)) {
                throw new IllegalArgumentException(
                        "images of one batch enter the network at one size, but here are %s and %s"
                                .formatted(first, shape));
            }
        }
        return first;
    }

    private String outputLayer() {
        return layers.get(layers.size() - 1).name();
    }

    private Segmentation read(FeatureMaps scores, int index, RgbImage image, Region wanted) {
        try {
            return Segmentations.of(() -> rows(scores, index, wanted), workers);
        } catch (NonFiniteScoreException e) {
            throw new ModelException(
                    ("model %s: the scores at column %d, row %d of an image of %dx%d pixels, from layer %s, are NaN or"
                                    + " infinite though no weight is: the weights are too large for this precision, or the model's"
                                    + " preprocessing is not the one that they were trained with")
                            .formatted(
                                    description.identity(),
                                    wanted.left() + e.x(),
                                    wanted.top() + e.y(),
                                    image.width(),
                                    image.height(),
                                    outputLayer()),
                    e);
        }
    }

    private ScoreRows rows(FeatureMaps scores, int index, Region wanted) {
        return finalKernel.isPresent()
                ? new UpsampledScores(
                        scores, index, wanted, finalKernel.get(), network.finalUpsampling(), network.finalCrop())
                : new FullScores(scores, index, wanted);
    }
}
