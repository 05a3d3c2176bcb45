package io.fcnspark.shards;

/** A shard that ends or breaks before its end, or goes on behind it. What came before that is good. */
public final class DamagedShardException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What is wrong with a shard. */
    public enum Kind {
        /** It ends, or breaks, before its end. */
        BROKEN,
        /** There is more behind the mark of its end, where tar stops reading. */
        CONTINUED
    }

    DamagedShardException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
