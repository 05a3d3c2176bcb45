package io.fcnspark.errors;

import java.io.Serializable;
import java.util.List;
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

    /**
     * The value, which must have been set.
     *
     * @throws SettingException if it is null
     */
    public <T> T required(T value) {
        if (value == null) {
            throw new SettingException(this, "is not set");
        }
        return value;
    }

    /**
     * The value, which must be 1 or more.
     *
     * @throws SettingException if it is not
     */
    public int positive(int value) {
        return Math.toIntExact(positive((long) value));
    }

    /**
     * The value, which must be 1 or more.
     *
     * @throws SettingException if it is not
     */
    public long positive(long value) {
        if (value < 1) {
            throw new SettingException(this, "is %d: expected at least 1".formatted(value));
        }
        return value;
    }

    /**
     * The value, which must be one of a range, ends included.
     *
     * @throws SettingException if it is not
     */
    public long within(long least, long most, long value) {
        if (value < least || value > most) {
            throw new SettingException(this, "is %d: expected %d to %d".formatted(value, least, most));
        }
        return value;
    }

    /**
     * The value, which must hold something.
     *
     * @throws SettingException if it is null or empty
     */
    public <T> List<T> notEmpty(List<T> values) {
        if (required(values).isEmpty()) {
            throw new SettingException(this, "is empty: expected at least one");
        }
        return List.copyOf(values);
    }

    /**
     * The value, which must be 0 to 1.
     *
     * @throws SettingException if it is not
     */
    public double share(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new SettingException(this, "is %s: expected 0 to 1".formatted(value));
        }
        return value;
    }

    @Override
    public String toString() {
        return name;
    }
}
