/**
 * Files of weights as other tools write them: one reader a format, each of which turns a file into named tensors, and the
 * importer that finds the network's weights among them. Nothing in a file is ever executed.
 */
package io.fcnspark.weights.formats;
