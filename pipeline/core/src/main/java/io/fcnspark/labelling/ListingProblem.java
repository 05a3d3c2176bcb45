package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import java.io.IOException;
import java.io.Serializable;

/**
 * What was found wrong while listing.
 *
 * @param code why it is rejected; null if the storage did not give it, which may pass
 * @param message for people
 */
public record ListingProblem(ImageException.Code code, String message) implements Serializable {
    /** Raises it as if it had been met when the image was read. */
    public void raise() throws IOException, ImageException {
        if (code == null) {
            throw new IOException(message);
        }
        throw new ImageException(code, message);
    }
}
