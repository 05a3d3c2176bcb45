package io.fcnspark.jobs;

import java.io.PrintWriter;

/** Tells the user, at once, when a signal ends the process before its verb has come to an end. */
final class Interruption {
    private final PrintWriter err;
    private volatile boolean done;

    private Interruption(PrintWriter err) {
        this.err = err;
    }

    /** Begins to watch. */
    static Interruption watch(PrintWriter err) {
        Interruption interruption = new Interruption(err);
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::tell, "fcn-interruption"));
        return interruption;
    }

    private void tell() {
        if (!done) {
            err.println("fcn: interrupted by a signal. What is committed stays; run the same again to go on");
        }
    }

    /** The verb has come to an end: what ends the process now is no interruption. */
    void ruleOut() {
        done = true;
    }
}
