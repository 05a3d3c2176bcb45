/** Files on any Hadoop file system: bytes, paths, leases, folders that are written to. */
package io.fcnspark.spark.storage;
