package io.fcnspark.labelling;

import io.fcnspark.errors.StorageException;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of one task that the storage did not give, however often it was asked. They get no row, so the next run tries
 * them again. If it gives none at all, the task fails, to be tried elsewhere or later.
 */
public final class UnavailableImages {
    /** More than bad luck with single objects. */
    private static final int MOST_IN_A_ROW = 20;

    private static final Logger LOG = LoggerFactory.getLogger(UnavailableImages.class);

    private final Consumer<String> listener;
    private int inARow;

    /** @param listener receives a message for each of them */
    public UnavailableImages(Consumer<String> listener) {
        this.listener = listener;
    }

    /**
     * Takes note of an image.
     *
     * @param uri of the image
     * @param reason what the storage said of it, or of its truth
     * @throws StorageException if it is one of very many
     */
    public void add(String uri, IOException reason) {
        String message = "%s cannot be read: %s".formatted(uri, reason);
        LOG.warn("{}", message);
        listener.accept(message);
        inARow++;
        if (inARow == MOST_IN_A_ROW) {
            throw new StorageException(
                    "the storage failed to give %d images in a row. What is committed stays; run this again when the storage is back. The last: %s"
                            .formatted(inARow, message),
                    reason);
        }
    }

    /** Takes note of an image that was given. */
    public void given() {
        inARow = 0;
    }
}
