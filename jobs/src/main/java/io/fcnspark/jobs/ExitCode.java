package io.fcnspark.jobs;

/** What the process tells its caller. */
final class ExitCode {
    static final int DONE = 0;

    /** An error of this program, not of its user. */
    static final int INTERNAL = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** An input, a model or the environment is not what it should be. */
    static final int BAD_INPUT = 3;

    /** Done, and what was good is written, but more images were rejected than allowed. */
    static final int OVER_REJECT_RATE = 4;

    /** Done, but a quality that was asked for was not reached. */
    static final int GATE_FAILED = 5;

    /** Ended by SIGTERM, in the way of shells; where another signal ended the process the JVM itself says which. */
    static final int INTERRUPTED = 143;

    private ExitCode() {}
}
