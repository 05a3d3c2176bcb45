package io.fcnspark.image;

import java.util.Objects;

/** An image that cannot be used. It becomes a row with a reason, never a failed job. */
public final class ImageException extends Exception {
    /** Why, as it stands in the column {@code error.code}. */
    public enum Code {
        /** The storage did not give the bytes. */
        UNREADABLE("unreadable"),
        /** The bytes are of no image format that is read. */
        NOT_AN_IMAGE("not-an-image"),
        /** The bytes end, or break, before the last pixel. */
        TRUNCATED("truncated"),
        /** More pixels than the limit; found out before decoding. */
        TOO_LARGE("too-large"),
        /** An image of a known format with a feature that is not read. */
        UNSUPPORTED("unsupported"),
        /** Decoding takes longer than any honest file does. */
        TIMEOUT("timeout"),
        /** Truth was asked for and there is none for this image. */
        TRUTH_MISSING("truth-missing"),
        /** Truth does not fit the image: another size, or a class that is not in the set. */
        TRUTH_MISMATCH("truth-mismatch");

        private final String id;

        Code(String id) {
            this.id = id;
        }

        /** The value in tables and JSON, for example {@code not-an-image}. */
        public String id() {
            return id;
        }
    }

    private final Code code;

    public ImageException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code);
    }

    public ImageException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code);
    }

    /** Why the image cannot be used. */
    public Code code() {
        return code;
    }
}
