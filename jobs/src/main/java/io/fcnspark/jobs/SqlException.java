package io.fcnspark.jobs;

import io.fcnspark.spark.functions.FunctionException;
import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;

/** A statement that cannot be run, in the words that its author needs: without plans, without Spark's stages. */
final class SqlException extends Exception {
    private SqlException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What became of a statement; empty for an error that is not its author's. */
    static Optional<SqlException> of(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof AnalysisException e) {
                return Optional.of(new SqlException(message(e), thrown));
            }
            if (t instanceof FunctionException || isExplained(t)) {
                return Optional.of(new SqlException(firstLine(t.getMessage()), thrown));
            }
            if (t.getMessage() != null && t.getMessage().matches("(?s).*\\bJob \\d+ cancelled\\b.*")) {
                return Optional.of(new SqlException("cancelled", thrown));
            }
        }
        return Optional.empty();
    }

    /** Of what Spark's analysis finds: the error without the plan and the text around it. */
    static String message(AnalysisException e) {
        String[] parts = e.getMessage().strip().split("\n\n== SQL|;\n|\n'|\n\\+-|\n\n", 2);
        return parts[0].strip().replaceAll("\\s*\n\\s*", " ");
    }

    /** Whether Spark has a class for what happened, such as a division by zero, which is no error of Spark itself. */
    private static boolean isExplained(Throwable t) {
        return t instanceof SparkThrowable spark
                && spark.getErrorClass() != null
                && !spark.getErrorClass().startsWith("INTERNAL_ERROR")
                && !spark.getErrorClass().startsWith("_LEGACY");
    }

    private static String firstLine(String message) {
        return message.strip().lines().findFirst().orElse("");
    }
}
