package io.fcnspark.shards;

/** A shard that ends or breaks before its end. What came before it does is good. */
public final class DamagedShardException extends Exception {
    public DamagedShardException(String message, Throwable cause) {
        super(message, cause);
    }
}
