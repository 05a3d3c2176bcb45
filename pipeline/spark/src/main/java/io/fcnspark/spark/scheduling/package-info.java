/** Work as Spark's scheduler and its page see it: named jobs, and as many tasks as a cluster has room for. */
package io.fcnspark.spark.scheduling;
