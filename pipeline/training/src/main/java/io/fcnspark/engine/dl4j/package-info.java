/**
 * DL4J: networks as {@link org.deeplearning4j.nn.graph.ComputationGraph}s, for inference and for training alike. Besides
 * {@code training}, the only package with types of DL4J and ND4J.
 *
 * <p>DL4J computes convolutions by im2col and a matrix product, several times slower than the operations of its own native
 * library, which go to oneDNN. The layers here call those operations; their parameters are laid out as in DL4J's own layers,
 * which are as in {@link io.fcnspark.network.Parameter}.
 *
 * <p>oneDNN keeps the last 1024 operations that it compiled, one for every layer and size of image, which may come to some
 * hundred megabytes where sizes vary much; the environment variable {@code DNNL_PRIMITIVE_CACHE_CAPACITY} sets another number.
 */
package io.fcnspark.engine.dl4j;
