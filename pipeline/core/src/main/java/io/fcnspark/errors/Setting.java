package io.fcnspark.errors;

import java.io.Serializable;
import java.util.Objects;

/**
 * A setting of the library, by which whoever set it finds it: a method of a builder such as {@code waveImages}. A program that
 * gives it another name, as the command line does, can translate it.
 *
 * @param name as the method that sets it is called
 */
public record Setting(String name) implements Serializable {
    private static final long serialVersionUID = 1;

    public Setting {
        Objects.requireNonNull(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
