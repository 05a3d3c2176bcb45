package io.fcnspark.engine.dl4j;

import static org.deeplearning4j.nn.params.ConvolutionParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.ConvolutionParamInitializer.WEIGHT_KEY;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution by the native operations {@code conv2d} and {@code conv2d_bp}. Unlike DL4J's own it does not compute its
 * output a second time in the backward pass: what a ReLU let through is exactly what is positive in its output.
 */
final class NativeConvolutionLayer extends ConvolutionLayer {
    /** Result of the last forward pass of training, until the backward pass has used it. */
    private transient INDArray output;

    NativeConvolutionLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        INDArray weights = getParam(WEIGHT_KEY);
        int[] kernel = layerConf().getKernelSize();
        int[] padding = layerConf().getPadding();
        INDArray result = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS,
                weights.dataType(),
                new long[] {
                    input.size(0),
                    weights.size(0),
                    input.size(2) + 2L * padding[0] - kernel[0] + 1,
                    input.size(3) + 2L * padding[1] - kernel[1] + 1
                },
                'c');
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(input, weights, getParam(BIAS_KEY))
                .addOutputs(result)
                .addIntegerArguments(arguments())
                .build());
        INDArray activated = layerConf().getActivationFn().getActivation(result, training);
        output = training ? activated : null;
        return activated;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray delta = epsilon;
        if (layerConf().getActivationFn() instanceof ActivationReLU) {
            delta = workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, epsilon.dataType(), epsilon.shape(), 'c');
            Nd4j.exec(DynamicCustomOp.builder("relu_bp")
                    .addInputs(output, epsilon)
                    .addOutputs(delta)
                    .build());
        }
        INDArray inputGradient =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
        INDArray weightGradient = gradientViews.get(WEIGHT_KEY);
        INDArray biasGradient = gradientViews.get(BIAS_KEY);
        Nd4j.exec(DynamicCustomOp.builder("conv2d_bp")
                .addInputs(input, getParam(WEIGHT_KEY), getParam(BIAS_KEY), delta)
                .addOutputs(inputGradient, weightGradient, biasGradient)
                .addIntegerArguments(arguments())
                .build());
        output = null;

        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(BIAS_KEY, biasGradient);
        gradient.setGradientFor(WEIGHT_KEY, weightGradient, 'c');
        return new Pair<>(gradient, inputGradient);
    }

    @Override
    public void clear() {
        super.clear();
        output = null;
    }

    private int[] arguments() {
        return NativeOperations.arguments(layerConf());
    }
}
