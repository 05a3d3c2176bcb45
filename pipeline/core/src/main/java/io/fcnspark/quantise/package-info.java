/**
 * Post-training quantisation: from a model of real numbers and a sample of images to a model of integers, and what that costs.
 * Knows engines by their interface alone.
 */
package io.fcnspark.quantise;
