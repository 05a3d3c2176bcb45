package io.fcnspark.spark.functions;

import org.apache.spark.sql.types.DataType;

/**
 * What a function takes at one place.
 *
 * @param name for people
 */
record FunctionParameter(String name, DataType type) {}
