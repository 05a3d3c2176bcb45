/** From the bytes of listed images to labelled images: reading ahead, limits, batches, tiles. Knows nothing of Spark. */
package io.fcnspark.labelling;
