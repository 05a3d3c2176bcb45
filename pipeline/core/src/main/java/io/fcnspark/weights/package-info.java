/**
 * Named tensors, the safetensors format, model bundles, and the conversion of a classifier's fully connected layers to
 * convolutions. Knows networks as data; computes none.
 */
package io.fcnspark.weights;
