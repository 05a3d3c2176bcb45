package io.fcnspark.engine;

/** A pixel whose scores include NaN or plus infinity, or are all minus infinity: no class can be told to be the highest. */
final class NonFiniteScoreException extends Exception {
    private final int x;
    private final int y;

    NonFiniteScoreException(int x, int y) {
        super("the scores at column %d, row %d are not finite".formatted(x, y));
        this.x = x;
        this.y = y;
    }

    int x() {
        return x;
    }

    int y() {
        return y;
    }
}
