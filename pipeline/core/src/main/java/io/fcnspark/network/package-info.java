/**
 * FCN-32s, FCN-16s and FCN-8s over VGG16 as data: an ordered list of named layers, with what can be told from the list
 * alone (shapes, parameters, operations, receptive fields). Nothing here computes a network; every engine walks the list.
 *
 * <p>Source: Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation" (CVPR 2015, PAMI 2017), and
 * the authors' {@code voc-fcn{32s,16s,8s,8s-atonce}/net.py}. Layer names are theirs.
 */
package io.fcnspark.network;
