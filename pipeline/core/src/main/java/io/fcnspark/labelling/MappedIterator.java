package io.fcnspark.labelling;

import java.util.Iterator;
import java.util.function.Function;

/** Applies a function to each element when it is read, and not before. */
public record MappedIterator<T, R>(Iterator<T> source, Function<T, R> function) implements Iterator<R> {
    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public R next() {
        return function.apply(source.next());
    }
}
