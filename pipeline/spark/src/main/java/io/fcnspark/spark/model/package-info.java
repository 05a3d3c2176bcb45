/** A model on its way from its bundle to one native network in each executor. */
package io.fcnspark.spark.model;
