package io.fcnspark.quantise;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineProvider;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.image.RgbImage;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.Model;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the convolutions of a network read, over a sample of images. The network runs in fp32, piece by piece: each piece
 * begins at what one convolution reads and ends at what the next one does.
 */
final class Calibration implements AutoCloseable {
    private static final int AT_ONCE = 1 << 16;

    private final Model model;
    private final Fcn network;
    private final List<Reader> readers = new ArrayList<>();

    /** A convolution, what was seen of what it reads, and how to come from there to what the next one reads. */
    private static final class Reader {
        private final Convolution convolution;
        private final ActivationHistogram histogram = new ActivationHistogram();
        private final double[] sums;
        private long pixels;
        private List<Layer> piece = List.of();
        private NetworkRunner toNext;

        Reader(Convolution convolution) {
            this.convolution = convolution;
            this.sums = new double[convolution.inputChannels()];
        }
    }

    /**
     * Loads the pieces.
     *
     * @param convolutions one after the other, each of which reads, through layers without weights, what the one before gives
     */
    Calibration(Model model, List<Convolution> convolutions, EngineProvider engine, int threads) {
        this.model = model;
        this.network = model.description().network();
        try {
            for (Convolution convolution : convolutions) {
                readers.add(new Reader(convolution));
            }
            for (int i = 0; i + 1 < readers.size(); i++) {
                Reader reader = readers.get(i);
                String end = readers.get(i + 1).convolution.input();
                List<Layer> layers = network.layersUpTo(end);
                int start = layers.indexOf(reader.convolution);
                reader.piece = new ArrayList<>();
                reader.piece.add(new Input(reader.convolution.input(), reader.convolution.inputChannels()));
                reader.piece.addAll(layers.subList(start, layers.size()));
                Fcn piece = new Fcn(
                        network.variant(), network.backbone(), network.numClasses(), network.geometry(), reader.piece);
                reader.toNext = engine.load(
                        piece, model.weights(), new RunnerOptions(end, Device.CPU, Precision.FP32, threads));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Sees one more image. */
    void add(RgbImage image) {
        int height = network.geometry().paddedSize(image.height());
        int width = network.geometry().paddedSize(image.width());
        FeatureMaps maps = FeatureMaps.allocate(1, 3, height, width);
        model.description().preprocessing().apply(image, width, height, maps.values());
        for (Reader reader : readers) {
            see(reader, maps);
            if (reader.toNext != null) {
                Map<String, Shape> shapes = Shapes.infer(reader.piece, maps.height(), maps.width());
                Shape shape =
                        shapes.get(reader.piece.get(reader.piece.size() - 1).name());
                FeatureMaps next = FeatureMaps.allocate(1, shape.channels(), shape.height(), shape.width());
                reader.toNext.run(maps, next);
                maps = next;
            }
        }
    }

    private static void see(Reader reader, FeatureMaps maps) {
        FloatBuffer values = maps.values();
        int area = maps.height() * maps.width();
        float[] piece = new float[Math.min(area, AT_ONCE)];
        for (int channel = 0; channel < maps.channels(); channel++) {
            double sum = 0;
            for (int from = 0; from < area; from += piece.length) {
                int count = Math.min(piece.length, area - from);
                values.get(channel * area + from, piece, 0, count);
                for (int i = 0; i < count; i++) {
                    sum += piece[i];
                }
                reader.histogram.add(piece, count);
            }
            reader.sums[channel] += sum;
        }
        reader.pixels += area;
    }

    /** What was seen of what each convolution reads, by its name. */
    Map<String, ActivationHistogram> histograms() {
        Map<String, ActivationHistogram> histograms = new LinkedHashMap<>();
        readers.forEach(reader -> histograms.put(reader.convolution.name(), reader.histogram));
        return histograms;
    }

    /** The mean of each channel that a convolution reads. */
    double[] means(String convolution) {
        Reader reader = readers.stream()
                .filter(r -> r.convolution.name().equals(convolution))
                .findFirst()
                .orElseThrow();
        double[] means = new double[reader.sums.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = reader.sums[i] / reader.pixels;
        }
        return means;
    }

    @Override
    public void close() {
        readers.stream().filter(reader -> reader.toNext != null).forEach(reader -> reader.toNext.close());
    }
}
