package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Tells the user, at once, when a signal ends the process before its verb has come to an end. */
final class Interruption {
    /** A verb of which something stays when it is interrupted. */
    interface Resumable {
        /** What stays, and how to go on: whole sentences. */
        String afterInterruption();
    }

    private final PrintWriter err;
    private final String advice;
    private volatile boolean done;

    private Interruption(PrintWriter err, String advice) {
        this.err = err;
        this.advice = advice;
    }

    /** Begins to watch the verb that the arguments name. */
    static Interruption watch(PrintWriter err, List<?> verbs, String... args) {
        Interruption interruption = new Interruption(err, advice(verbs, args));
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::tell, "fcn-interruption"));
        return interruption;
    }

    /** What to tell; empty if nothing stays. */
    static String advice(List<?> verbs, String... args) {
        for (String arg : args) {
            Optional<?> named = verbs.stream()
                    .filter(verb -> CommandSpec.forAnnotatedObject(verb).name().equals(arg))
                    .findFirst();
            if (named.isPresent()) {
                return named.get() instanceof Resumable verb ? ". " + verb.afterInterruption() : "";
            }
        }
        return "";
    }

    private void tell() {
        if (!done) {
            err.println("fcn: interrupted by a signal" + advice);
        }
    }

    /** The verb has come to an end: what ends the process now is no interruption. */
    void ruleOut() {
        done = true;
    }
}
