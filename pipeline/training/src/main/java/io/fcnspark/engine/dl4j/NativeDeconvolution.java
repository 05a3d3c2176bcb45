package io.fcnspark.engine.dl4j;

import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Configuration of a transposed convolution without bias that calls ND4J's native operation. The parameter and its layout are
 * those of {@link Deconvolution2D}. Public for DL4J's JSON, which names the class.
 */
public final class NativeDeconvolution extends Deconvolution2D {
    /** For DL4J's JSON. */
    NativeDeconvolution() {}

    private NativeDeconvolution(Builder builder) {
        super(builder);
    }

    static NativeDeconvolution of(TransposedConvolution layer) {
        return new NativeDeconvolution(new Builder(layer.kernel(), layer.kernel())
                .stride(layer.stride(), layer.stride())
                .padding(layer.padding(), layer.padding())
                .nIn(layer.inputChannels())
                .nOut(layer.channels())
                .hasBias(false)
                .activation(new ActivationIdentity()));
    }

    @Override
    public NativeDeconvolution clone() {
        return (NativeDeconvolution) super.clone();
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        Layer layer = new NativeDeconvolutionLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        return layer;
    }
}
