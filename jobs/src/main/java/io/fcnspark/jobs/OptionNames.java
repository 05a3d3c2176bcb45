package io.fcnspark.jobs;

import io.fcnspark.errors.Setting;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** What the command line calls the library's settings. */
final class OptionNames {
    /** Those that are not called alike. */
    private static final Map<String, String> OTHERS = Map.of(
            "inputs", "--input",
            "classes", "--labels",
            "classesOf", "--model",
            "existing", "--overwrite",
            "rejected", "--retry-rejected",
            "classWeighting", "--class-weights",
            "savedAs", "--save-as");

    private OptionNames() {}

    /** The option of a command that sets it; empty if the command has none. */
    static Optional<String> of(Setting setting, CommandSpec command) {
        String option = OTHERS.getOrDefault(setting.name(), "--" + withDashes(setting.name()));
        return Optional.of(option).filter(command.optionsMap()::containsKey);
    }

    private static String withDashes(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
