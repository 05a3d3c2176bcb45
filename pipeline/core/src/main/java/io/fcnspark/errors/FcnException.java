package io.fcnspark.errors;

import java.util.Objects;
import java.util.Optional;

/**
 * The parent of all errors that somebody outside this library can put right. The message says what is wrong, where, and what to
 * do. Any other exception is an error of the library itself, but for {@link SettingException}: a value that the calling program
 * must not give.
 */
public abstract class FcnException extends RuntimeException {
    private static final long serialVersionUID = 2;

    /** What has to be put right. */
    public enum Fault {
        /** Images, truth, lists, labels or arguments. */
        INPUT,
        /** The model bundle or a file of weights. */
        MODEL,
        /** The engine, its device or its precision: the machine and what is installed on it. */
        ENGINE,
        /** The folder or table that results go to. */
        OUTPUT,
        /** The storage, which did not answer; the same call may succeed later. */
        STORAGE
    }

    private final Fault fault;
    private final Setting setting;

    protected FcnException(Fault fault, String message, Throwable cause) {
        this(fault, null, message, cause);
    }

    /**
     * @param setting that puts it right when it is changed; null if there is not one
     * @param cause null if there is none
     */
    protected FcnException(Fault fault, Setting setting, String message, Throwable cause) {
        super(message, cause);
        this.fault = Objects.requireNonNull(fault);
        this.setting = setting;
    }

    /** What has to be put right. */
    public final Fault fault() {
        return fault;
    }

    /** The setting to change, where a single one puts it right. */
    public final Optional<Setting> setting() {
        return Optional.ofNullable(setting);
    }
}
