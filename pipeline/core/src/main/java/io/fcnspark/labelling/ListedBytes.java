package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import io.fcnspark.image.ImageException.Code;
import java.io.FileNotFoundException;
import java.io.IOException;

/**
 * Reads what is listed, and its truth, be they files or in a shard.
 *
 * @param files gives what is a file
 * @param entries gives what is in a shard
 */
public record ListedBytes(FileBytes files, EntryBytes entries) {
    /**
     * Reads an image.
     *
     * @throws IOException if the storage does not give it though it is there
     * @throws ImageException {@link Code#UNREADABLE} if it is not there; what listing found wrong with it
     */
    byte[] image(ListedImage image) throws IOException, ImageException {
        if (image.problem() != null) {
            image.problem().raise();
        }
        EntryPlace place = image.place();
        return place == null
                ? file(image.file().uri(), Code.UNREADABLE)
                : entries.read(
                        image.file(),
                        place.shard(),
                        place.offset(),
                        image.file().bytes());
    }

    /**
     * Reads the truth of an image.
     *
     * @throws IOException if the storage does not give it though it is there
     * @throws ImageException {@link Code#TRUTH_MISSING} if there is none
     */
    byte[] truth(ListedImage image) throws IOException, ImageException {
        if (image.truth() == null) {
            throw new ImageException(Code.TRUTH_MISSING, "no truth found for this image");
        }
        EntryPlace place = image.place();
        return place == null || place.truthOffset() == null
                ? file(image.truth(), Code.TRUTH_MISSING)
                : entries.read(image.file(), place.shard(), place.truthOffset(), place.truthBytes());
    }

    private byte[] file(String uri, Code codeIfAbsent) throws IOException, ImageException {
        try {
            return files.read(uri);
        } catch (FileNotFoundException e) {
            throw new ImageException(codeIfAbsent, "%s does not exist".formatted(uri), e);
        }
    }
}
