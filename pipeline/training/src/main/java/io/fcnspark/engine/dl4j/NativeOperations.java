package io.fcnspark.engine.dl4j;

import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/** What ND4J's native {@code conv2d}, {@code deconv2d} and their backward operations have in common. */
final class NativeOperations {
    private static final int EXPLICIT_PADDING = 0;
    private static final int NCHW = 0;
    /** [out, in, h, w] for a convolution, [in, out, h, w] for a transposed one: the layout of DL4J's parameters. */
    private static final int CHANNELS_FIRST_WEIGHTS = 1;

    private NativeOperations() {}

    /** The integer arguments, in the order of libnd4j's {@code conv2d.cpp} and {@code deconv2d.cpp}. */
    static int[] arguments(ConvolutionLayer layer) {
        int[] kernel = layer.getKernelSize();
        int[] stride = layer.getStride();
        int[] padding = layer.getPadding();
        int[] dilation = layer.getDilation();
        return new int[] {
            kernel[0],
            kernel[1],
            stride[0],
            stride[1],
            padding[0],
            padding[1],
            dilation[0],
            dilation[1],
            EXPLICIT_PADDING,
            NCHW,
            CHANNELS_FIRST_WEIGHTS
        };
    }
}
