package io.fcnspark.jobs;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Errors in options that only show when they are used. */
final class Usage {
    private Usage() {}

    /** What the supplier gives; what it finds wrong with its arguments is an error in the options. */
    static <T> T check(CommandSpec spec, Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
