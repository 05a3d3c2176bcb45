package io.fcnspark.engine;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Seeded models that are small enough to be computed by naive loops. */
public final class TinyModels {
    public static final int CLASSES = 5;

    /** The narrowest net that keeps more than one channel everywhere: 2 to 16, fc6 and fc7 with 128. */
    public static final Backbone BACKBONE = Backbone.vgg16(1 / 32.0);

    /** What the last transposed convolution holds. */
    public enum Upsampling {
        BILINEAR,
        DENSE
    }

    private TinyModels() {}

    public static Model model(Variant variant, Geometry geometry, Upsampling upsampling) {
        return model(variant, BACKBONE, geometry, upsampling);
    }

    public static Model model(Variant variant, Backbone backbone, Geometry geometry, Upsampling upsampling) {
        ClassSet classes = new ClassSet(
                "tiny",
                IntStream.range(0, CLASSES)
                        .mapToObj(id -> new LabelClass(id, "class-" + id, id))
                        .toList(),
                255);
        ModelDescription description = new ModelDescription(
                "tiny",
                new FcnArchitecture(variant, backbone, geometry),
                classes,
                Preprocessing.TORCH,
                "0123456789abcdef".repeat(4),
                Map.of());
        return new Model(description, weights(description.network(), upsampling));
    }

    /**
     * He-normal convolutions with biases that are not zero. Transposed convolutions before the last are dense and random, so
     * that a mistake in the order of their dimensions shows.
     */
    static Weights weights(Fcn network, Upsampling upsampling) {
        Random random = new Random(20_150_607);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        String last = network.finalUpsampling().name() + ".weight";
        for (Parameter parameter : network.parameters()) {
            boolean bilinear =
                    upsampling == Upsampling.BILINEAR && parameter.name().equals(last);
            tensors.put(
                    parameter.name(),
                    Tensor.of(parameter.shape(), bilinear ? bilinear(parameter) : random(parameter, random)));
        }
        return new Weights(tensors);
    }

    /**
     * A model with the convolutions of its backbone in integers, the scales being such that values use their range and some
     * exceed it, as they do after calibration.
     */
    public static Model quantised(Variant variant, Backbone backbone, Geometry geometry, Upsampling upsampling) {
        Model real = model(variant, backbone, geometry, upsampling);
        ModelDescription description = real.description();
        Fcn network = description.network();
        List<String> layers = network.layers().stream()
                .filter(layer -> layer instanceof Convolution c && c.activation() == Activation.RELU)
                .map(Layer::name)
                .toList();
        Map<String, Values> sample = new ReferenceExecutor(network, real.weights())
                .run(Values.random(new Shape(3, geometry.paddedSize(32), geometry.paddedSize(32)), 77));
        Map<String, Float> scales = new LinkedHashMap<>();
        scales.put(Fcn.DATA, 1 / 120f);
        for (String layer : layers) {
            // The last one's result is in real numbers.
            if (!layer.equals("fc7")) {
                scales.put(layer, (float) Math.max(1e-3, 0.8 * sample.get(layer).maxAbs() / 255));
            }
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>(real.weights().tensors());
        for (String layer : layers) {
            Tensor weight = tensors.get(layer + ".weight");
            int channels = weight.shape().get(0);
            float[] values = new float[Math.toIntExact(weight.size())];
            weight.floats().get(values);
            int size = values.length / channels;
            byte[] integers = new byte[values.length];
            float[] steps = new float[channels];
            for (int o = 0; o < channels; o++) {
                float greatest = 1e-6f;
                for (int i = 0; i < size; i++) {
                    greatest = Math.max(greatest, Math.abs(values[o * size + i]));
                }
                steps[o] = greatest / 127;
                for (int i = 0; i < size; i++) {
                    integers[o * size + i] = (byte) Math.round(values[o * size + i] / steps[o]);
                }
            }
            tensors.put(layer + ".weight", new Tensor(DataType.I8, weight.shape(), ByteBuffer.wrap(integers)));
            tensors.put(Quantisation.weightScale(layer), Tensor.of(List.of(channels), steps));
        }
        return new Model(
                new ModelDescription(
                        "tiny-int8",
                        description.architecture(),
                        description.classes(),
                        description.preprocessing(),
                        "fedcba9876543210".repeat(4),
                        new Quantisation(layers, scales),
                        Map.of()),
                new Weights(tensors));
    }

    /** An image of noise. */
    public static RgbImage image(int width, int height, long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    private static float[] random(Parameter parameter, Random random) {
        List<Integer> shape = parameter.shape();
        double inputs = shape.size() == 1 ? 100 : (double) parameter.size() / shape.get(0);
        double deviation = Math.sqrt(2 / inputs);
        float[] values = new float[Math.toIntExact(parameter.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** Kernels of bilinear interpolation on the diagonal, for an even kernel (FCN-8s to FCN-32s have no other). */
    private static float[] bilinear(Parameter parameter) {
        int classes = parameter.shape().get(0);
        int k = parameter.shape().get(2);
        float[] values = new float[Math.toIntExact(parameter.size())];
        double f = k / 2.0;
        for (int c = 0; c < classes; c++) {
            for (int y = 0; y < k; y++) {
                for (int x = 0; x < k; x++) {
                    values[((c * classes + c) * k + y) * k + x] =
                            (float) ((1 - Math.abs(y - f + 0.5) / f) * (1 - Math.abs(x - f + 0.5) / f));
                }
            }
        }
        return values;
    }
}
