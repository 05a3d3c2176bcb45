package io.fcnspark.engine;

/**
 * Height and width in pixels at which an image enters the network, padding included. Images of the same shape can share a
 * batch.
 */
public record BatchShape(int height, int width) {
    public BatchShape {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("a batch of images of %dx%d pixels".formatted(width, height));
        }
    }
}
