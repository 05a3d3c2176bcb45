package io.fcnspark.jobs;

import io.fcnspark.errors.SettingException;
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
        } catch (SettingException e) {
            String name = OptionNames.of(e.setting(), spec).orElse(e.setting().name());
            throw new ParameterException(spec.commandLine(), name + " " + e.problem(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
