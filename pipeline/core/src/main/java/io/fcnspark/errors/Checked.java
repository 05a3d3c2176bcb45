package io.fcnspark.errors;

import java.util.List;

/** Values of settings, checked when they are set. */
public final class Checked {
    private Checked() {}

    /**
     * The value, which must have been set.
     *
     * @throws SettingException if it is null
     */
    public static <T> T required(Setting setting, T value) {
        if (value == null) {
            throw new SettingException(setting, "is not set");
        }
        return value;
    }

    /**
     * The value, which must be 1 or more.
     *
     * @throws SettingException if it is not
     */
    public static int positive(Setting setting, int value) {
        return Math.toIntExact(positive(setting, (long) value));
    }

    /**
     * The value, which must be 1 or more.
     *
     * @throws SettingException if it is not
     */
    public static long positive(Setting setting, long value) {
        if (value < 1) {
            throw new SettingException(setting, "is %d: expected at least 1".formatted(value));
        }
        return value;
    }

    /**
     * The value, which must be one of a range, ends included.
     *
     * @throws SettingException if it is not
     */
    public static long within(Setting setting, long least, long most, long value) {
        if (value < least || value > most) {
            throw new SettingException(setting, "is %d: expected %d to %d".formatted(value, least, most));
        }
        return value;
    }

    /**
     * The value, which must hold something.
     *
     * @throws SettingException if it is null or empty
     */
    public static <T> List<T> notEmpty(Setting setting, List<T> values) {
        if (required(setting, values).isEmpty()) {
            throw new SettingException(setting, "is empty: expected at least one");
        }
        return List.copyOf(values);
    }

    /**
     * The value, which must be 0 to 1.
     *
     * @throws SettingException if it is not
     */
    public static double share(Setting setting, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new SettingException(setting, "is %s: expected 0 to 1".formatted(value));
        }
        return value;
    }
}
