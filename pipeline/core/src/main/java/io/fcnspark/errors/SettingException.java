package io.fcnspark.errors;

import java.util.Objects;

/** A setting that is missing or has a value that it cannot have. */
public final class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final Setting setting;
    private final String problem;

    /**
     * @param problem what is wrong, to be read after the setting's name, and what was expected; for example {@code is 0: expected
     *     at least 1}
     */
    public SettingException(Setting setting, String problem) {
        this(setting, problem, null);
    }

    /** As {@link #SettingException(Setting, String)}, with the exception that found it. */
    public SettingException(Setting setting, String problem, Throwable cause) {
        super(setting.name() + " " + problem, cause);
        this.setting = setting;
        this.problem = Objects.requireNonNull(problem);
    }

    /** Which setting. */
    public Setting setting() {
        return setting;
    }

    /** What is wrong with it, without its name. */
    public String problem() {
        return problem;
    }
}
