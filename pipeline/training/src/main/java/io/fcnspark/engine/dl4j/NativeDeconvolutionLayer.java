package io.fcnspark.engine.dl4j;

import static org.deeplearning4j.nn.params.DeconvolutionParamInitializer.WEIGHT_KEY;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.Deconvolution2DLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A transposed convolution by the native operations {@code deconv2d} and {@code deconv2d_bp}. DL4J's own passes its weights in
 * a layout that is not theirs, and computes its output a second time in the backward pass.
 */
final class NativeDeconvolutionLayer extends Deconvolution2DLayer {
    NativeDeconvolutionLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        INDArray weights = getParam(WEIGHT_KEY);
        INDArray result = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS,
                weights.dataType(),
                new long[] {input.size(0), weights.size(1), upsampled(input.size(2), 0), upsampled(input.size(3), 1)},
                'c');
        Nd4j.exec(DynamicCustomOp.builder("deconv2d")
                .addInputs(input, weights)
                .addOutputs(result)
                .addIntegerArguments(arguments())
                .build());
        return result;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray inputGradient =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
        INDArray weightGradient = gradientViews.get(WEIGHT_KEY);
        Nd4j.exec(DynamicCustomOp.builder("deconv2d_bp")
                .addInputs(input, getParam(WEIGHT_KEY), epsilon)
                .addOutputs(inputGradient, weightGradient)
                .addIntegerArguments(arguments())
                .build());

        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(WEIGHT_KEY, weightGradient, 'c');
        return new Pair<>(gradient, inputGradient);
    }

    private long upsampled(long size, int axis) {
        int kernel = layerConf().getKernelSize()[axis];
        int stride = layerConf().getStride()[axis];
        int padding = layerConf().getPadding()[axis];
        return (size - 1) * stride + kernel - 2L * padding;
    }

    private int[] arguments() {
        return NativeOperations.arguments(layerConf());
    }
}
