/** Trains a model on Spark, with validation and checkpoints. */
package io.fcnspark.spark.finetune;
