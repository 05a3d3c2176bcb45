package io.fcnspark.weights.formats;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import java.util.Optional;

/**
 * What the user says about a file of weights and the network that is to be made from it.
 *
 * @param classes of the network; as many as the file has if it holds a complete one
 * @param preprocessing empty: where the file tells it
 * @param geometry empty: where the file tells it; the project's own for a network that is yet to be trained
 * @param seed of the layers that the file does not have and that do not start at zero
 */
public record ImportRequest(
        Variant variant,
        ClassSet classes,
        Optional<PublishedPreprocessing> preprocessing,
        Optional<Geometry> geometry,
        long seed) {}
