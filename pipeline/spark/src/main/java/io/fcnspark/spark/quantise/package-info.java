/** The use case of quantising a model with a sample of images of any file system. */
package io.fcnspark.spark.quantise;
