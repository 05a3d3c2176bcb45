/** Tar files of images, as WebDataset has them: reading without trust in what they hold, and writing. */
package io.fcnspark.shards;
