package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The verb {@code doctor}: tells what a report of a fault needs. */
@Command(
        name = "doctor",
        description = {
            "Prints what a bug report needs: versions, processor, memory, GPUs, engines and why one cannot run here, storages that"
                    + " are on the class path, settings that matter.",
            "",
            "Starts no Spark and asks no storage. Prints no secrets: settings whose names or values look like one are"
                    + " redacted. Through spark-submit (after --) it describes the driver."
        },
        footer = {"", "Examples:", "  fcn doctor", "  fcn doctor --json doctor.json"})
public final class Doctor implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonFile json;

    /**
     * Runs the verb and ends the process.
     *
     * @param args its options
     */
    public static void main(String... args) {
        Root.main(new Doctor(), args);
    }

    @Override
    public Integer call() {
        json.requireFolder();
        Diagnosis diagnosis = Diagnosis.make();
        json.write(diagnosis.toJson());
        PrintWriter out = spec.commandLine().getOut();
        diagnosis.print(out);
        out.flush();
        return ExitCode.DONE;
    }
}
