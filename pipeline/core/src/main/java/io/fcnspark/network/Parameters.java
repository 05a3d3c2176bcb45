package io.fcnspark.network;

import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.util.List;

/** The tensors of weights that each kind of layer has. */
final class Parameters implements Layer.Visitor<List<Parameter>> {
    @Override
    public List<Parameter> input(Input layer) {
        return List.of();
    }

    @Override
    public List<Parameter> padToMultiple(PadToMultiple layer) {
        return List.of();
    }

    @Override
    public List<Parameter> convolution(Convolution layer) {
        return List.of(
                new Parameter(
                        layer.name() + ".weight",
                        List.of(layer.channels(), layer.inputChannels(), layer.kernel(), layer.kernel())),
                new Parameter(layer.name() + ".bias", List.of(layer.channels())));
    }

    @Override
    public List<Parameter> maxPool(MaxPool layer) {
        return List.of();
    }

    @Override
    public List<Parameter> dropout(Dropout layer) {
        return List.of();
    }

    @Override
    public List<Parameter> scale(Scale layer) {
        return List.of();
    }

    @Override
    public List<Parameter> transposedConvolution(TransposedConvolution layer) {
        return List.of(new Parameter(
                layer.name() + ".weight",
                List.of(layer.inputChannels(), layer.channels(), layer.kernel(), layer.kernel())));
    }

    @Override
    public List<Parameter> crop(Crop layer) {
        return List.of();
    }

    @Override
    public List<Parameter> add(Add layer) {
        return List.of();
    }
}
