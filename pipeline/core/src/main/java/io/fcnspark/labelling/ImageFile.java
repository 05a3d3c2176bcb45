package io.fcnspark.labelling;

import java.io.Serializable;
import java.sql.Timestamp;

/**
 * A file that is listed.
 *
 * @param uri as in the column {@code image}
 * @param modified when it last changed; null if the file does not exist
 * @param bytes its length; null if the file does not exist
 */
public record ImageFile(String uri, Timestamp modified, Long bytes) implements Serializable {}
