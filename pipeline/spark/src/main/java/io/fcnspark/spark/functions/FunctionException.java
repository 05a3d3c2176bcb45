package io.fcnspark.spark.functions;

/** An argument that a function cannot use. The message names the function, the argument, what is wrong and what is expected. */
public final class FunctionException extends RuntimeException {
    FunctionException(String function, String argument, String problem, Throwable cause) {
        super("%s: argument '%s': %s".formatted(function, argument, problem), cause);
    }

    FunctionException(String function, String problem, Throwable cause) {
        super("%s: %s".formatted(function, problem), cause);
    }
}
