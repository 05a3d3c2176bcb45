package io.fcnspark.jobs;

import java.io.PrintWriter;
import java.util.Optional;

/** Tells the user, at once, when a signal ends the process before its verb has come to an end. */
final class Interruption {
    private static final String ADVICE = "What is committed stays; run the same again to go on";

    private final PrintWriter err;
    private final String advice;
    private volatile boolean done;

    private Interruption(PrintWriter err, String advice) {
        this.err = err;
        this.advice = advice;
    }

    /**
     * Begins to watch.
     *
     * @param verb that is about to run, if it has advice of its own
     */
    static Interruption watch(PrintWriter err, Optional<Interruptible> verb) {
        Interruption interruption =
                new Interruption(err, verb.map(Interruptible::afterSignal).orElse(ADVICE));
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::tell, "fcn-interruption"));
        return interruption;
    }

    private void tell() {
        if (!done) {
            err.println("fcn: interrupted by a signal. " + advice);
        }
    }

    /** The verb has come to an end: what ends the process now is no interruption. */
    void ruleOut() {
        done = true;
    }
}
