package io.fcnspark.spark.functions;

import org.apache.spark.sql.types.DataType;

/** What a function takes at one place. */
record Parameter(String name, DataType type) {}
