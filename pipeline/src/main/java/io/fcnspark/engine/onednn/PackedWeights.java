package io.fcnspark.engine.onednn;

import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.DiagonalKernel;
import io.fcnspark.weights.Tensor;
import io.fcnspark.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The weights in the layouts and the number format that the library computes with, once, whatever the size of the images. The
 * library would choose another layout for the same weights at another size, 205 MB of fc6 in bf16 each time; so the choice is
 * made at one size and holds for all.
 */
final class PackedWeights implements AutoCloseable {
    /** Height and width of the image for which layouts are chosen. */
    private static final int TYPICAL_SIZE = 512;

    private final Handles handles = new Handles();
    private final Map<String, dnnl_memory> memories = new HashMap<>();
    private final Map<String, dnnl_memory_desc> descriptors = new HashMap<>();
    private long bytes;

    /** Packs what the layers need. */
    PackedWeights(List<Layer> layers, Weights weights, Descriptions descriptions) {
        Map<String, Shape> shapes = Shapes.infer(layers, TYPICAL_SIZE, TYPICAL_SIZE);
        try {
            for (Layer layer : layers) {
                if (layer instanceof Convolution c) {
                    pack(c, shapes.get(c.input()), shapes.get(c.name()), weights, descriptions);
                } else if (layer instanceof TransposedConvolution t) {
                    pack(t, shapes.get(t.input()), shapes.get(t.name()), weights, descriptions);
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The packed tensor of a name, for example {@code fc6.weight}. */
    dnnl_memory memory(String name) {
        return memories.get(name);
    }

    /** The layout of a packed tensor. */
    dnnl_memory_desc descriptor(String name) {
        return descriptors.get(name);
    }

    /** Native memory of all packed tensors. */
    long bytes() {
        return bytes;
    }

    private void pack(Convolution c, Shape in, Shape out, Weights weights, Descriptions descriptions) {
        String name = c.name() + ".weight";
        try (Handles choice = new Handles()) {
            dnnl_primitive_desc description = descriptions.convolution(choice, c, 1, in, out, null);
            descriptors.put(name, handles.copy(description, dnnl.dnnl_query_weights_md));
        }
        pack(name, weights.tensor(name), dnnl.dnnl_oihw, descriptions);
        String bias = c.name() + ".bias";
        descriptors.put(bias, handles.plain(dnnl.dnnl_f32, dnnl.dnnl_x, c.channels()));
        pack(bias, weights.tensor(bias), dnnl.dnnl_x, descriptions);
    }

    private void pack(TransposedConvolution t, Shape in, Shape out, Weights weights, Descriptions descriptions) {
        String name = t.name() + ".weight";
        Tensor tensor = weights.tensor(name);
        Optional<float[]> diagonal = DiagonalKernel.perChannel(tensor);
        try (Handles choice = new Handles()) {
            dnnl_memory_desc any = diagonal.isPresent()
                    ? choice.plain(dnnl.dnnl_f32, dnnl.dnnl_format_tag_any, t.channels(), 1, 1, t.kernel(), t.kernel())
                    : choice.plain(
                            dnnl.dnnl_f32,
                            dnnl.dnnl_format_tag_any,
                            t.channels(),
                            t.inputChannels(),
                            t.kernel(),
                            t.kernel());
            dnnl_primitive_desc description = descriptions.transposedConvolution(choice, t, 1, in, out, any);
            descriptors.put(name, handles.copy(description, dnnl.dnnl_query_weights_md));
        }
        if (diagonal.isPresent()) {
            List<Integer> shape = List.of(t.channels(), 1, 1, t.kernel(), t.kernel());
            pack(name, Tensor.of(shape, diagonal.get()), dnnl.dnnl_goihw, descriptions);
        } else {
            pack(name, tensor, dnnl.dnnl_iohw, descriptions);
        }
    }

    /** @param layout order of the tensor's values, the dimensions being named as in the packed one */
    private void pack(String name, Tensor tensor, int layout, Descriptions descriptions) {
        dnnl_memory_desc target = descriptors.get(name);
        NativeBlock block = handles.block(dnnl.dnnl_memory_desc_get_size(target));
        bytes += block.bytes();
        dnnl_memory packed = handles.memory(target, block.at(0));
        memories.put(name, packed);
        try (Handles source = new Handles()) {
            long[] dimensions = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
            if (layout == dnnl.dnnl_iohw) {
                dimensions = new long[] {dimensions[1], dimensions[0], dimensions[2], dimensions[3]};
            }
            boolean bf16 = tensor.dataType() == DataType.BF16;
            dnnl_memory_desc plain = source.plain(bf16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32, layout, dimensions);
            Pointer values = bf16 ? raw(tensor, source) : floats(tensor, source);
            reorder(plain, values, packed, target, descriptions);
        }
    }

    private static void reorder(
            dnnl_memory_desc plain,
            Pointer values,
            dnnl_memory packed,
            dnnl_memory_desc layout,
            Descriptions descriptions) {
        Handles handles = new Handles();
        dnnl_primitive_desc description = descriptions.reorder(handles, plain, layout);
        dnnl_memory_desc working = handles.copy(description, dnnl.dnnl_query_scratchpad_md);
        Plan.Step step = new Plan.Step(
                "packed weights",
                handles.primitive("a reorder", description),
                List.of(
                        new Plan.Argument(dnnl.DNNL_ARG_FROM, 0),
                        new Plan.Argument(dnnl.DNNL_ARG_TO, 1),
                        new Plan.Argument(dnnl.DNNL_ARG_SCRATCHPAD, 2)));
        List<Plan.Operand> operands = List.of(
                new Plan.Operand.Data(plain),
                new Plan.Operand.Constant(packed),
                new Plan.Operand.Activation(working, 0));
        try (Plan plan = new Plan(handles, operands, List.of(step), dnnl.dnnl_memory_desc_get_size(working));
                Workspace workspace = new Workspace()) {
            plan.run(workspace, values, null);
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
