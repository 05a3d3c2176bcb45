package io.fcnspark.engine.onednn;

import static io.fcnspark.engine.onednn.OneDnn.check;

import java.util.List;
import java.util.function.ObjLongConsumer;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/**
 * A network compiled for batches of one size: primitives in order, and where their operands lie. Holds no values, so that any
 * number of threads may run it at once, each with a workspace of its own.
 *
 * @param handles what the plan is made of
 * @param arenaBytes memory that the activations of one run need, working memory of the primitives included
 */
record Plan(Handles handles, List<Operand> operands, List<Step> steps, long arenaBytes) implements AutoCloseable {
    Plan {
        operands = List.copyOf(operands);
        steps = List.copyOf(steps);
    }

    /** A primitive and, for each of its arguments, what it is and the number of the operand. */
    record Step(String name, dnnl_primitive primitive, List<Argument> arguments) {
        Step {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * An argument of a primitive.
     *
     * @param role the library's number for it, for instance that of the source
     * @param operand index into the plan's operands
     */
    record Argument(int role, int operand) {}

    /** A tensor that a step reads or writes. */
    sealed interface Operand {
        /** The images. */
        record Data(dnnl_memory_desc descriptor) implements Operand {}

        /** What the caller wanted. */
        record Result(dnnl_memory_desc descriptor) implements Operand {}

        /** Weights. */
        record Constant(dnnl_memory memory) implements Operand {}

        /** An activation, {@code offset} bytes into the arena. */
        record Activation(dnnl_memory_desc descriptor, long offset) implements Operand {}
    }

    /**
     * Runs the network.
     *
     * @param data images, as the plan's operand describes them
     * @param result receives what was wanted
     */
    void run(Workspace workspace, Pointer data, Pointer result) {
        run(workspace, data, result, (step, nanos) -> {});
    }

    /** As {@link #run(Workspace, Pointer, Pointer)}; the listener hears how long each step took, by its name. */
    void run(Workspace workspace, Pointer data, Pointer result, ObjLongConsumer<String> listener) {
        NativeBlock arena = workspace.arena(arenaBytes);
        try (Handles run = new Handles()) {
            List<dnnl_memory> memories = operands.stream()
                    .map(operand -> memory(operand, run, arena, data, result))
                    .toList();
            int most = steps.stream()
                    .mapToInt(step -> step.arguments().size())
                    .max()
                    .orElse(0);
            dnnl_exec_arg_t arguments = run.arguments(most);
            for (Step step : steps) {
                long start = System.nanoTime();
                for (int i = 0; i < step.arguments().size(); i++) {
                    Argument argument = step.arguments().get(i);
                    arguments.position(i).arg(argument.role()).memory(memories.get(argument.operand()));
                }
                check(
                        dnnl.dnnl_primitive_execute(
                                step.primitive(),
                                workspace.stream(),
                                step.arguments().size(),
                                arguments.position(0)),
                        step.name());
                // On the CPU a step is done when it returns.
                listener.accept(step.name(), System.nanoTime() - start);
            }
            check(dnnl.dnnl_stream_wait(workspace.stream()), "the end of a run");
        }
    }

    private static dnnl_memory memory(Operand operand, Handles run, NativeBlock arena, Pointer data, Pointer result) {
        if (operand instanceof Operand.Constant constant) {
            return constant.memory();
        }
        if (operand instanceof Operand.Activation activation) {
            return run.memory(activation.descriptor(), arena.at(activation.offset()));
        }
        if (operand instanceof Operand.Data images) {
            return run.memory(images.descriptor(), data);
        }
        return run.memory(((Operand.Result) operand).descriptor(), result);
    }

    @Override
    public void close() {
        handles.close();
    }
}
