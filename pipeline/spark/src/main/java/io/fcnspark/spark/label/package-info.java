/** Labels images: lists them, leaves out what is done, and commits the rest in waves. */
package io.fcnspark.spark.label;
