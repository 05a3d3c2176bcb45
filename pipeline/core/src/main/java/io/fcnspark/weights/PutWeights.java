package io.fcnspark.weights;

import java.io.IOException;

/** What puts new weights into a bundle. */
@FunctionalInterface
public interface PutWeights {
    /**
     * Writes all weights, or takes over a file that holds them. A file of that name may be there, and holds the same.
     *
     * @param name of the file in the bundle
     */
    void put(String name) throws IOException;
}
