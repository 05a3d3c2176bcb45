package io.fcnspark.engine.onednn;

import io.fcnspark.engine.onednn.Descriptions.Types;
import io.fcnspark.engine.onednn.Plan.Argument;
import io.fcnspark.engine.onednn.Plan.Operand;
import io.fcnspark.engine.onednn.Plan.Step;
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
import io.fcnspark.weights.Quantisation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Compiles a network for batches of one size. */
final class PlanBuilder {
    private final Descriptions descriptions;
    private final PackedWeights weights;
    private final List<Layer> layers;
    private final int count;
    private final Map<String, Shape> shapes;

    /** What the plan keeps, and what is needed for building it only. */
    private final Handles kept = new Handles();

    private final Handles passing = new Handles();

    private final Map<String, Value> values = new HashMap<>();
    private final List<PendingStep> steps = new ArrayList<>();
    private final List<PendingBuffer> buffers = new ArrayList<>();

    /**
     * The result of a layer.
     *
     * @param step where its values are integers, the name of the layer that says what a step is worth
     * @param buffer index of the buffer that it is in, or {@link #IMAGES}
     */
    private record Value(dnnl_memory_desc descriptor, int dataType, Optional<String> step, int buffer) {}

    private static final int IMAGES = -1;

    private record PendingBuffer(long bytes, int first, int[] last) {}

    private record PendingStep(String name, dnnl_primitive_desc description, List<PendingArgument> arguments) {}

    /** What an argument refers to: a value, or weights, or if both are {@code null} the caller's result. */
    private record PendingArgument(int role, Value value, dnnl_memory weights) {}

    private PlanBuilder(
            List<Layer> layers, PackedWeights weights, Descriptions descriptions, int count, int height, int width) {
        this.layers = layers;
        this.weights = weights;
        this.descriptions = descriptions;
        this.count = count;
        this.shapes = Shapes.infer(layers, height, width);
    }

    /**
     * Compiles.
     *
     * @param layers in order; the result of the last is wanted
     * @param count images of a batch
     */
    static Plan plan(
            List<Layer> layers, PackedWeights weights, Descriptions descriptions, int count, int height, int width) {
        PlanBuilder builder = new PlanBuilder(layers, weights, descriptions, count, height, width);
        try {
            return builder.build();
        } catch (RuntimeException | Error e) {
            builder.kept.close();
            throw e;
        } finally {
            builder.passing.close();
        }
    }

    private Plan build() {
        Compilation compilation = new Compilation();
        for (Layer layer : layers) {
            values.put(layer.name(), layer.accept(compilation));
        }
        Layer last = layers.get(layers.size() - 1);
        Value wanted = values.get(last.name());
        dnnl_memory_desc result = plain(shapes.get(last.name()));
        move("the result", wanted, result, Optional.empty(), new PendingArgument(dnnl.DNNL_ARG_TO, null, null));
        return finish(result);
    }

    private dnnl_memory_desc plain(Shape shape) {
        return kept.plain(dnnl.dnnl_f32, dnnl.dnnl_nchw, Descriptions.dimensions(count, shape));
    }

    /** Where the values of each kind of layer come from. */
    private final class Compilation implements Layer.Visitor<Value> {
        @Override
        public Value input(Input layer) {
            return new Value(plain(shapes.get(layer.name())), dnnl.dnnl_f32, Optional.empty(), IMAGES);
        }

        @Override
        public Value padToMultiple(PadToMultiple layer) {
            Shape in = shapes.get(layer.input());
            Shape out = shapes.get(layer.name());
            if (!out.equals(in)) {
                throw new IllegalArgumentException("images of %s are not padded to %s".formatted(in, out));
            }
            return values.get(layer.input());
        }

        @Override
        public Value convolution(Convolution layer) {
            return PlanBuilder.this.convolution(
                    layer, values.get(layer.input()), shapes.get(layer.input()), shapes.get(layer.name()));
        }

        @Override
        public Value maxPool(MaxPool layer) {
            Value in = values.get(layer.input());
            Shape inShape = shapes.get(layer.input());
            Shape out = shapes.get(layer.name());
            return unary(
                    layer.name(),
                    descriptions.pool(passing, layer, count, inShape, out, in.dataType(), in.descriptor()),
                    in);
        }

        @Override
        public Value dropout(Dropout layer) {
            return values.get(layer.input());
        }

        @Override
        public Value scale(Scale layer) {
            Value in = real(values.get(layer.input()), shapes.get(layer.input()));
            return unary(layer.name(), descriptions.scale(passing, in.descriptor(), layer.factor()), in);
        }

        @Override
        public Value transposedConvolution(TransposedConvolution layer) {
            return PlanBuilder.this.transposedConvolution(
                    layer, values.get(layer.input()), shapes.get(layer.input()), shapes.get(layer.name()));
        }

        @Override
        public Value crop(Crop layer) {
            Value in = values.get(layer.input());
            long[] offsets = {0, 0, layer.offset(), layer.offset()};
            return new Value(
                    kept.window(in.descriptor(), Descriptions.dimensions(count, shapes.get(layer.name())), offsets),
                    in.dataType(),
                    in.step(),
                    in.buffer());
        }

        @Override
        public Value add(Add layer) {
            Shape shape = shapes.get(layer.name());
            return PlanBuilder.this.add(
                    layer, real(values.get(layer.left()), shape), real(values.get(layer.right()), shape));
        }
    }

    private Value convolution(Convolution c, Value in, Shape inShape, Shape out) {
        String weight = c.name() + ".weight";
        dnnl_primitive_desc description =
                best(weight, layout -> descriptions.convolution(passing, c, count, inShape, out, layout));
        Types formats = descriptions.types().get(c.name());
        Value source = as(
                in,
                kept.copy(description, dnnl.dnnl_query_src_md),
                formats.source(),
                formats.inIntegers() ? Optional.of(Quantisation.source(layers, c)) : Optional.empty());
        // Before its other inputs: it may take a step of its own, and a buffer is in use up to the step that reads it.
        PendingArgument kernels = weightsOf(weight, description, formats.weights());
        List<PendingArgument> inputs = new ArrayList<>(
                List.of(input(dnnl.DNNL_ARG_SRC, source), kernels, constant(dnnl.DNNL_ARG_BIAS, c.name() + ".bias")));
        if (formats.inIntegers()) {
            inputs.add(constant(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, PackedWeights.factor(c.name())));
        }
        return step(
                c.name(),
                description,
                formats.result(),
                formats.toIntegers() ? Optional.of(c.name()) : Optional.empty(),
                inputs);
    }

    private PendingArgument constant(int role, String tensor) {
        return new PendingArgument(role, null, weights.tensor(tensor).memory());
    }

    /** A primitive with weights in the layout that they have if it is as good as in any. */
    private dnnl_primitive_desc best(String tensor, Function<dnnl_memory_desc, dnnl_primitive_desc> description) {
        dnnl_primitive_desc best = description.apply(weights.anyLayout(tensor));
        dnnl_primitive_desc given = description.apply(weights.tensor(tensor).layout());
        return Descriptions.implementation(given).equals(Descriptions.implementation(best)) ? given : best;
    }

    private PendingArgument weightsOf(String name, dnnl_primitive_desc description, int dataType) {
        dnnl_memory_desc layout = kept.copy(description, dnnl.dnnl_query_weights_md);
        return weights.tensor(name, layout)
                .map(packed -> new PendingArgument(dnnl.DNNL_ARG_WEIGHTS, null, packed.memory()))
                .orElseGet(() -> {
                    PackedWeights.Packed first = weights.tensor(name);
                    Value moved = allocate(layout, dataType, Optional.empty());
                    step(
                            name,
                            descriptions.reorder(passing, first.layout(), layout),
                            List.of(
                                    new PendingArgument(dnnl.DNNL_ARG_FROM, null, first.memory()),
                                    new PendingArgument(dnnl.DNNL_ARG_TO, moved, null)));
                    return input(dnnl.DNNL_ARG_WEIGHTS, moved);
                });
    }

    private Value transposedConvolution(TransposedConvolution t, Value in, Shape inShape, Shape out) {
        String weight = t.name() + ".weight";
        dnnl_primitive_desc description =
                best(weight, layout -> descriptions.transposedConvolution(passing, t, count, inShape, out, layout));
        Value source = as(in, kept.copy(description, dnnl.dnnl_query_src_md), dnnl.dnnl_f32, Optional.empty());
        PendingArgument kernels = weightsOf(weight, description, dnnl.dnnl_f32);
        return step(
                t.name(),
                description,
                dnnl.dnnl_f32,
                Optional.empty(),
                List.of(input(dnnl.DNNL_ARG_SRC, source), kernels));
    }

    private Value unary(String name, dnnl_primitive_desc description, Value in) {
        return step(name, description, in.dataType(), in.step(), List.of(input(dnnl.DNNL_ARG_SRC, in)));
    }

    private Value add(Add a, Value left, Value right) {
        Value sameLayout = as(right, left.descriptor(), left.dataType(), Optional.empty());
        return step(
                a.name(),
                descriptions.add(passing, left.descriptor(), sameLayout.descriptor()),
                left.dataType(),
                Optional.empty(),
                List.of(input(dnnl.DNNL_ARG_SRC_0, left), input(dnnl.DNNL_ARG_SRC_1, sameLayout)));
    }

    /** Real numbers, whatever they are stored as. */
    private Value real(Value in, Shape shape) {
        return in.step().isEmpty()
                ? in
                : as(
                        in,
                        kept.plain(dnnl.dnnl_f32, dnnl.dnnl_nhwc, Descriptions.dimensions(count, shape)),
                        dnnl.dnnl_f32,
                        Optional.empty());
    }

    /**
     * The same values in a layout and a number format, moved if need be.
     *
     * @param step where they are to be integers, the name of the layer that says what a step is worth
     */
    private Value as(Value in, dnnl_memory_desc descriptor, int dataType, Optional<String> step) {
        if (dnnl.dnnl_memory_desc_equal(in.descriptor(), descriptor) != 0) {
            return in;
        }
        Value moved = allocate(descriptor, dataType, step);
        move("a reorder", in, descriptor, step, new PendingArgument(dnnl.DNNL_ARG_TO, moved, null));
        return moved;
    }

    private void move(String name, Value in, dnnl_memory_desc to, Optional<String> step, PendingArgument target) {
        PendingArgument source = input(dnnl.DNNL_ARG_FROM, in);
        if (in.step().equals(step)) {
            step(name, descriptions.reorder(passing, in.descriptor(), to), List.of(source, target));
        } else {
            String scale = step.map(PackedWeights::stepsPerUnit)
                    .orElseGet(() -> PackedWeights.step(in.step().orElseThrow()));
            step(
                    name,
                    descriptions.scaledReorder(passing, in.descriptor(), to),
                    List.of(source, target, constant(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_FROM, scale)));
        }
    }

    private Value step(
            String name,
            dnnl_primitive_desc description,
            int dataType,
            Optional<String> step,
            List<PendingArgument> inputs) {
        Value result = allocate(kept.copy(description, dnnl.dnnl_query_dst_md), dataType, step);
        List<PendingArgument> arguments = new ArrayList<>(inputs);
        arguments.add(new PendingArgument(dnnl.DNNL_ARG_DST, result, null));
        step(name, description, arguments);
        return result;
    }

    /** Adds a step with the working memory that it needs. */
    private void step(String name, dnnl_primitive_desc description, List<PendingArgument> arguments) {
        List<PendingArgument> all = new ArrayList<>(arguments);
        dnnl_memory_desc working = kept.copy(description, dnnl.dnnl_query_scratchpad_md);
        if (dnnl.dnnl_memory_desc_get_size(working) > 0) {
            all.add(input(dnnl.DNNL_ARG_SCRATCHPAD, allocate(working, dnnl.dnnl_u8, Optional.empty())));
        }
        steps.add(new PendingStep(name, description, all));
    }

    private PendingArgument input(int role, Value value) {
        if (value.buffer() != IMAGES) {
            buffers.get(value.buffer()).last()[0] = steps.size();
        }
        return new PendingArgument(role, value, null);
    }

    /** A buffer that the next step writes. */
    private Value allocate(dnnl_memory_desc descriptor, int dataType, Optional<String> step) {
        long bytes = dnnl.dnnl_memory_desc_get_size(descriptor);
        buffers.add(new PendingBuffer(bytes, steps.size(), new int[] {steps.size()}));
        return new Value(descriptor, dataType, step, buffers.size() - 1);
    }

    private Plan finish(dnnl_memory_desc result) {
        ArenaLayout layout = ArenaLayout.of(buffers.stream()
                .map(buffer -> new ArenaLayout.Buffer(buffer.bytes(), buffer.first(), buffer.last()[0]))
                .toList());
        List<Operand> operands = new ArrayList<>();
        Map<Operand, Integer> indices = new HashMap<>();
        List<Step> finished = new ArrayList<>();
        for (PendingStep step : steps) {
            List<Argument> arguments = new ArrayList<>();
            for (PendingArgument argument : step.arguments()) {
                Operand operand = operand(argument, layout, result);
                int index = indices.computeIfAbsent(operand, o -> {
                    operands.add(o);
                    return operands.size() - 1;
                });
                arguments.add(new Argument(argument.role(), index));
            }
            finished.add(new Step(step.name(), kept.primitive(step.name(), step.description()), arguments));
        }
        return new Plan(kept, operands, finished, layout.bytes());
    }

    private Operand operand(PendingArgument argument, ArenaLayout layout, dnnl_memory_desc result) {
        if (argument.weights() != null) {
            return new Operand.Constant(argument.weights());
        }
        Value value = argument.value();
        if (value == null) {
            return new Operand.Result(result);
        }
        return value.buffer() == IMAGES
                ? new Operand.Data(value.descriptor())
                : new Operand.Activation(value.descriptor(), layout.offsets().get(value.buffer()));
    }
}
