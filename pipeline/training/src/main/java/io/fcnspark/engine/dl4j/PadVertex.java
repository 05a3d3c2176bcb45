package io.fcnspark.engine.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Adds zeros at the right and at the bottom until height and width are multiples of a number. Public for DL4J's JSON, which
 * names the class.
 */
public final class PadVertex extends GraphVertex {
    private final int multiple;

    PadVertex(@JsonProperty("multiple") int multiple) {
        this.multiple = multiple;
    }

    @JsonProperty("multiple")
    int multiple() {
        return multiple;
    }

    @Override
    public PadVertex clone() {
        return new PadVertex(multiple);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PadVertex pad && pad.multiple == multiple;
    }

    @Override
    public int hashCode() {
        return Integer.hashCode(multiple);
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 1;
    }

    @Override
    public int maxVertexInputs() {
        return 1;
    }

    @Override
    public Computation instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new Computation(graph, name, index, multiple, dataType);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        InputType.InputTypeConvolutional input = (InputType.InputTypeConvolutional) inputs[0];
        return InputType.convolutional(
                roundUp(input.getHeight(), multiple), roundUp(input.getWidth(), multiple), input.getChannels());
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        return new LayerMemoryReport.Builder(null, PadVertex.class, inputs[0], getOutputType(-1, inputs))
                .standardMemory(0, 0)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(0, 0)
                .build();
    }

    private static long roundUp(long size, int multiple) {
        return (size + multiple - 1) / multiple * multiple;
    }

    /** The vertex of a graph that this is the configuration of. */
    @SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method by one with an array
    static final class Computation extends BaseGraphVertex {
        private final int multiple;

        private Computation(ComputationGraph graph, String name, int index, int multiple, DataType dataType) {
            super(graph, name, index, null, null, dataType);
            this.multiple = multiple;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            INDArray input = inputs[0];
            long height = roundUp(input.size(2), multiple);
            long width = roundUp(input.size(3), multiple);
            if (height == input.size(2) && width == input.size(3)) {
                return workspaces.dup(ArrayType.ACTIVATIONS, input, 'c');
            }
            INDArray padded = workspaces.create(
                    ArrayType.ACTIVATIONS,
                    input.dataType(),
                    new long[] {input.size(0), input.size(1), height, width},
                    'c');
            CropView.view(padded, 0, input).assign(input);
            return padded;
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            INDArray gradient = workspaces.dup(ArrayType.ACTIVATION_GRAD, CropView.view(epsilon, 0, inputs[0]), 'c');
            return new Pair<>(null, new INDArray[] {gradient});
        }

        @Override
        public boolean hasLayer() {
            return false;
        }

        @Override
        public Layer getLayer() {
            return null;
        }

        @Override
        public void setBackpropGradientsViewArray(INDArray gradients) {
            throw new UnsupportedOperationException("padding has no parameters");
        }

        @Override
        public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int batch) {
            return masks == null || masks.length == 0 ? null : new Pair<>(masks[0], state);
        }

        @Override
        public String toString() {
            return "padding " + vertexName + " to multiples of " + multiple;
        }
    }
}
