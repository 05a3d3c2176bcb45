package io.fcnspark.engine.onednn;

import io.fcnspark.engine.onednn.Descriptions.Types;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.DiagonalKernel;
import io.fcnspark.weights.Quantisation;
import io.fcnspark.weights.Requantisation;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The weights in the layouts and the number format that the library computes with, shared by all sizes of images.
 *
 * <p>For some sizes the library computes well in one layout only, and which one that is depends on the size. So a tensor is
 * packed in the layout for a typical size, which is used wherever it does as well as any, and is packed a second time where it
 * does not. The largest tensor, fc6, which is three quarters of all weights, never is: it is brought into the other layout in
 * the memory of the activations by each run that needs it. Those are images of 32 pixels or less in height, and very large ones.
 */
final class PackedWeights implements AutoCloseable {
    /** Height and width of the image for which layouts are chosen. */
    private static final int TYPICAL_SIZE = 512;

    /** A tensor with more than this part of all weights is packed once. */
    private static final double LARGE = 0.25;

    private final Handles handles = new Handles();
    private final Descriptions descriptions;
    private final Map<String, List<Packed>> tensors = new HashMap<>();
    private final Map<String, dnnl_memory_desc> anyLayouts = new HashMap<>();
    private final long largeBytes;
    private long bytes;

    /** A packed tensor. */
    record Packed(dnnl_memory_desc layout, dnnl_memory memory) {
        boolean isIn(dnnl_memory_desc other) {
            return dnnl.dnnl_memory_desc_equal(layout, other) != 0;
        }
    }

    /** Packs what the layers need. */
    PackedWeights(List<Layer> layers, Weights weights, Quantisation quantisation, Descriptions descriptions) {
        this.descriptions = descriptions;
        Map<String, Shape> shapes = Shapes.infer(layers, TYPICAL_SIZE, TYPICAL_SIZE);
        try {
            Packing packing = new Packing(layers, shapes, weights, quantisation);
            for (Layer layer : layers) {
                layer.accept(packing);
            }
            quantisation.scales().forEach((layer, scale) -> {
                line(step(layer), scale);
                line(stepsPerUnit(layer), 1 / scale);
            });
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        this.largeBytes = (long) (LARGE * bytes);
    }

    /** The tensor of a name, for example {@code fc6.weight}, in its first layout. */
    synchronized Packed tensor(String name) {
        return tensors.get(name).get(0);
    }

    /** The shape of a tensor, in words that leave its layout to the library. */
    dnnl_memory_desc anyLayout(String name) {
        return anyLayouts.get(name);
    }

    /** The tensor in another layout, packed now if it was not before; empty if it is too large for a second copy. */
    synchronized Optional<Packed> tensor(String name, dnnl_memory_desc layout) {
        List<Packed> copies = tensors.get(name);
        Optional<Packed> found =
                copies.stream().filter(packed -> packed.isIn(layout)).findFirst();
        if (found.isPresent() || dnnl.dnnl_memory_desc_get_size(layout) > largeBytes) {
            return found;
        }
        Packed first = tensors.containsKey(plain(name)) ? tensor(plain(name)) : copies.get(0);
        Packed other = allocate(name, handles.copy(layout));
        reorder(first.layout(), new Plan.Operand.Constant(first.memory()), other, null);
        return Optional.of(other);
    }

    /** Native memory of all packed tensors. */
    synchronized long bytes() {
        return bytes;
    }

    /** Packs the weights of a layer; most kinds have none. */
    private final class Packing implements Layer.Visitor<Void> {
        private final List<Layer> layers;
        private final Map<String, Shape> shapes;
        private final Weights weights;
        private final Quantisation quantisation;

        Packing(List<Layer> layers, Map<String, Shape> shapes, Weights weights, Quantisation quantisation) {
            this.layers = layers;
            this.shapes = shapes;
            this.weights = weights;
            this.quantisation = quantisation;
        }

        @Override
        public Void input(Input layer) {
            return null;
        }

        @Override
        public Void padToMultiple(PadToMultiple layer) {
            return null;
        }

        @Override
        public Void convolution(Convolution layer) {
            pack(layer, shapes.get(layer.input()), shapes.get(layer.name()), weights);
            packLines(layer, layers, weights, quantisation);
            return null;
        }

        @Override
        public Void maxPool(MaxPool layer) {
            return null;
        }

        @Override
        public Void dropout(Dropout layer) {
            return null;
        }

        @Override
        public Void scale(Scale layer) {
            return null;
        }

        @Override
        public Void transposedConvolution(TransposedConvolution layer) {
            pack(layer, shapes.get(layer.input()), shapes.get(layer.name()), weights);
            return null;
        }

        @Override
        public Void crop(Crop layer) {
            return null;
        }

        @Override
        public Void add(Add layer) {
            return null;
        }
    }

    private void pack(Convolution c, Shape in, Shape out, Weights weights) {
        String weight = c.name() + ".weight";
        Types formats = descriptions.types().get(c.name());
        dnnl_memory_desc layout = choose(
                weight,
                formats.weights(),
                new long[] {c.channels(), c.inputChannels(), c.kernel(), c.kernel()},
                (choice, any) -> descriptions.convolution(choice, c, 1, in, out, any));
        fill(allocate(weight, layout), weights.tensor(weight), dnnl.dnnl_oihw);
        if (formats.source() == dnnl.dnnl_s8) {
            // Packed weights for signed sources hold sums beside them, with which they cannot be packed anew.
            dnnl_memory_desc plain = handles.plain(
                    dnnl.dnnl_s8, dnnl.dnnl_oihw, c.channels(), c.inputChannels(), c.kernel(), c.kernel());
            fill(allocate(plain(weight), plain), weights.tensor(weight), dnnl.dnnl_oihw);
        }
    }

    private void packLines(Convolution c, List<Layer> layers, Weights weights, Quantisation quantisation) {
        if (quantisation.includes(c.name())) {
            Requantisation requantisation = Requantisation.of(c, layers, weights, quantisation);
            line(factor(c.name()), requantisation.factors());
            line(c.name() + ".bias", requantisation.offsets());
        } else {
            String bias = c.name() + ".bias";
            dnnl_memory_desc line = handles.plain(dnnl.dnnl_f32, dnnl.dnnl_x, c.channels());
            fill(allocate(bias, line), weights.tensor(bias), dnnl.dnnl_x);
        }
    }

    private void line(String name, float... values) {
        Packed packed = allocate(name, handles.plain(dnnl.dnnl_f32, dnnl.dnnl_x, values.length));
        fill(packed, Tensor.of(List.of(values.length), values), dnnl.dnnl_x);
    }

    private static String plain(String tensor) {
        return tensor + ".plain";
    }

    /** Name of the factors with which a layer's sums become what is stored. */
    static String factor(String layer) {
        return layer + ".factor";
    }

    /** Name of what a step of a layer's stored values is worth. */
    static String step(String layer) {
        return layer + ".step";
    }

    /** Name of the number of such steps in a real value of 1. */
    static String stepsPerUnit(String layer) {
        return layer + ".steps";
    }

    private void pack(TransposedConvolution t, Shape in, Shape out, Weights weights) {
        String weight = t.name() + ".weight";
        Tensor tensor = weights.tensor(weight);
        Optional<float[]> diagonal = DiagonalKernel.perChannel(tensor);
        dnnl_memory_desc layout = choose(
                weight,
                dnnl.dnnl_f32,
                diagonal.isPresent()
                        ? new long[] {t.channels(), 1, 1, t.kernel(), t.kernel()}
                        : new long[] {t.channels(), t.inputChannels(), t.kernel(), t.kernel()},
                (choice, any) -> descriptions.transposedConvolution(choice, t, 1, in, out, any));
        Packed packed = allocate(weight, layout);
        if (diagonal.isPresent()) {
            List<Integer> shape = List.of(t.channels(), 1, 1, t.kernel(), t.kernel());
            fill(packed, Tensor.of(shape, diagonal.get()), dnnl.dnnl_goihw);
        } else {
            fill(packed, tensor, dnnl.dnnl_iohw);
        }
    }

    private dnnl_memory_desc choose(
            String name,
            int dataType,
            long[] dimensions,
            BiFunction<Handles, dnnl_memory_desc, dnnl_primitive_desc> description) {
        dnnl_memory_desc any = handles.plain(dataType, dnnl.dnnl_format_tag_any, dimensions);
        anyLayouts.put(name, any);
        try (Handles choice = new Handles()) {
            return handles.copy(description.apply(choice, any), dnnl.dnnl_query_weights_md);
        }
    }

    private Packed allocate(String name, dnnl_memory_desc layout) {
        NativeBlock block = handles.block(dnnl.dnnl_memory_desc_get_size(layout));
        bytes += block.bytes();
        Packed packed = new Packed(layout, handles.memory(layout, block.at(0)));
        tensors.computeIfAbsent(name, n -> new ArrayList<>()).add(packed);
        return packed;
    }

    /** @param order of the tensor's values, its dimensions being named as in the packed one */
    private void fill(Packed target, Tensor tensor, int order) {
        long[] dimensions =
                tensor.shape().stream().mapToLong(Integer::longValue).toArray();
        if (order == dnnl.dnnl_iohw) {
            dimensions = new long[] {dimensions[1], dimensions[0], dimensions[2], dimensions[3]};
        }
        int format =
                switch (tensor.dataType()) {
                    case BF16 -> dnnl.dnnl_bf16;
                    case I8 -> dnnl.dnnl_s8;
                    case F16, F32, F64 -> dnnl.dnnl_f32;
                };
        try (Handles source = new Handles()) {
            dnnl_memory_desc plain = source.plain(format, order, dimensions);
            Pointer values = format == dnnl.dnnl_f32 ? floats(tensor, source) : raw(tensor, source);
            reorder(plain, new Plan.Operand.Data(plain), target, values);
        }
    }

    private void reorder(dnnl_memory_desc from, Plan.Operand source, Packed target, Pointer data) {
        Handles made = new Handles();
        dnnl_primitive_desc description = descriptions.reorder(made, from, target.layout());
        dnnl_memory_desc working = made.copy(description, dnnl.dnnl_query_scratchpad_md);
        Plan.Step step = new Plan.Step(
                "packed weights",
                made.primitive("packed weights", description),
                List.of(
                        new Plan.Argument(dnnl.DNNL_ARG_FROM, 0),
                        new Plan.Argument(dnnl.DNNL_ARG_TO, 1),
                        new Plan.Argument(dnnl.DNNL_ARG_SCRATCHPAD, 2)));
        List<Plan.Operand> operands =
                List.of(source, new Plan.Operand.Constant(target.memory()), new Plan.Operand.Activation(working, 0));
        try (Plan plan = new Plan(made, operands, List.of(step), dnnl.dnnl_memory_desc_get_size(working));
                Workspace workspace = new Workspace()) {
            plan.run(workspace, data, null);
        }
    }

    /** The bytes where they are if they are outside the heap, otherwise a copy. */
    private static Pointer raw(Tensor tensor, Handles handles) {
        ByteBuffer bytes = tensor.bytes();
        if (bytes.isDirect()) {
            return new Pointer(bytes);
        }
        Address copy = handles.block(bytes.remaining()).at(0);
        new BytePointer(copy).capacity(bytes.remaining()).asByteBuffer().put(bytes);
        return copy;
    }

    private static Pointer floats(Tensor tensor, Handles handles) {
        FloatBuffer values = tensor.floats();
        if (values.isDirect()) {
            return new FloatPointer(values);
        }
        Address copy = handles.block((long) values.remaining() * Float.BYTES).at(0);
        new FloatPointer(copy).capacity(values.remaining()).asBuffer().put(values);
        return copy;
    }

    @Override
    public void close() {
        handles.close();
    }
}
