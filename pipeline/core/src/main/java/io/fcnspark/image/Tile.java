package io.fcnspark.image;

/**
 * A part of an image that goes through a network by itself.
 *
 * @param input pixels that the network sees
 * @param core pixels among them whose labels count. The cores of an image's tiles cover it, each pixel once
 */
public record Tile(Region input, Region core) {}
