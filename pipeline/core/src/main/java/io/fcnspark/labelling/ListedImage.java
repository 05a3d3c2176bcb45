package io.fcnspark.labelling;

import java.io.Serializable;

/**
 * What is listed to be labelled: a file, an entry of a shard, or a shard that could not be read to its end.
 *
 * @param file URI, time and length; an entry has the time of its shard
 * @param truth URI of its truth; null if it has none
 * @param place where in a shard it is; null for a file
 * @param problem what listing found wrong with it; null if nothing
 */
public record ListedImage(ImageFile file, String truth, EntryPlace place, ListingProblem problem)
        implements Serializable {}
