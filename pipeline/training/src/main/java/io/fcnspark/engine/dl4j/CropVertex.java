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
 * Cuts the window at ({@code offset}, {@code offset}) out of the first input; it has the height and width of the second, of
 * which nothing else is used. Public for DL4J's JSON, which names the class.
 */
public final class CropVertex extends GraphVertex {
    private final int offset;

    CropVertex(@JsonProperty("offset") int offset) {
        this.offset = offset;
    }

    @JsonProperty("offset")
    int offset() {
        return offset;
    }

    @Override
    public CropVertex clone() {
        return new CropVertex(offset);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CropVertex crop && crop.offset == offset;
    }

    @Override
    public int hashCode() {
        return Integer.hashCode(offset);
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 2;
    }

    @Override
    public int maxVertexInputs() {
        return 2;
    }

    @Override
    public Computation instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new Computation(graph, name, index, offset, dataType);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        InputType.InputTypeConvolutional cropped = (InputType.InputTypeConvolutional) inputs[0];
        InputType.InputTypeConvolutional like = (InputType.InputTypeConvolutional) inputs[1];
        return InputType.convolutional(like.getHeight(), like.getWidth(), cropped.getChannels());
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        return new LayerMemoryReport.Builder(null, CropVertex.class, inputs[0], getOutputType(-1, inputs))
                .standardMemory(0, 0)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(0, 0)
                .build();
    }

    /** The vertex of a graph that this is the configuration of. */
    @SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method by one with an array
    static final class Computation extends BaseGraphVertex {
        private final int offset;

        private Computation(ComputationGraph graph, String name, int index, int offset, DataType dataType) {
            super(graph, name, index, null, null, dataType);
            this.offset = offset;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            return workspaces.dup(ArrayType.ACTIVATIONS, CropView.view(inputs[0], offset, inputs[1]), 'c');
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            INDArray gradient = zerosLike(inputs[0], workspaces);
            CropView.view(gradient, offset, epsilon).assign(epsilon);
            // Nothing flows to the input that only lends its size. Zeros and not null: where DL4J meets a null first,
            // it drops
            // the gradients that arrive at that vertex later (ComputationGraph.calcBackpropGradients).
            return new Pair<>(null, new INDArray[] {gradient, zerosLike(inputs[1], workspaces)});
        }

        private static INDArray zerosLike(INDArray input, LayerWorkspaceMgr workspaces) {
            return workspaces.create(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
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
            throw new UnsupportedOperationException("a crop has no parameters");
        }

        @Override
        public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int batch) {
            return masks == null || masks.length == 0 ? null : new Pair<>(masks[0], state);
        }

        @Override
        public String toString() {
            return "crop " + vertexName + " at " + offset;
        }
    }
}
