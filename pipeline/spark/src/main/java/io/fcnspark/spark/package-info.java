/** The entry to the actions on Spark. */
package io.fcnspark.spark;
