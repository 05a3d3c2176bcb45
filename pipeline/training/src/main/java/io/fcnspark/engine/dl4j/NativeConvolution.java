package io.fcnspark.engine.dl4j;

import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Convolution;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Configuration of a convolution with stride 1 that calls ND4J's native operation. Parameters and their layout are those of
 * {@link ConvolutionLayer}. Public for DL4J's JSON, which names the class.
 */
public final class NativeConvolution extends ConvolutionLayer {
    /** For DL4J's JSON. */
    NativeConvolution() {}

    private NativeConvolution(Builder builder) {
        super(builder);
    }

    static NativeConvolution of(Convolution layer) {
        return new NativeConvolution(new Builder(layer.kernel(), layer.kernel())
                .stride(1, 1)
                .padding(layer.padding(), layer.padding())
                .nIn(layer.inputChannels())
                .nOut(layer.channels())
                .activation(layer.activation() == Activation.RELU ? new ActivationReLU() : new ActivationIdentity()));
    }

    @Override
    public NativeConvolution clone() {
        return (NativeConvolution) super.clone();
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        Layer layer = new NativeConvolutionLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        return layer;
    }
}
