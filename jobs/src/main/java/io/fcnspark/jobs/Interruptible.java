package io.fcnspark.jobs;

/** A verb that goes on in a way of its own after a signal has ended it. */
interface Interruptible {
    /** What stays, and what to run to go on: a sentence without a full stop. */
    String afterSignal();
}
