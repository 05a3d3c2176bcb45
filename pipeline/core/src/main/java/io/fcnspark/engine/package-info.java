/**
 * What is common to all engines: the interface behind which they stand, and the work before and after the network. No library
 * of any engine appears here.
 */
package io.fcnspark.engine;
