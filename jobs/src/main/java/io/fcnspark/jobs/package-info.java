/** The command line: one class a verb, each of them a main class for spark-submit too, and how errors become exit codes. */
package io.fcnspark.jobs;
