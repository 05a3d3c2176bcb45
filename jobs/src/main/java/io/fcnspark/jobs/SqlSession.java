package io.fcnspark.jobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs statements, one after the other, and prints what they give. */
final class SqlSession {
    private final SparkSession spark;
    private final ResultFormat format;
    private final PrintWriter out;

    SqlSession(SparkSession spark, ResultFormat format, PrintWriter out) {
        this.spark = spark;
        this.format = format;
        this.out = out;
    }

    SparkSession spark() {
        return spark;
    }

    PrintWriter out() {
        return out;
    }

    /** Runs statements up to the first that fails. */
    void run(List<String> statements) throws SqlException {
        for (String statement : statements) {
            run(statement);
        }
    }

    /** Runs each statement as soon as it has been read to its end. */
    void run(BufferedReader script) throws IOException, SqlException {
        StringBuilder pending = new StringBuilder();
        for (String line = script.readLine(); line != null; line = script.readLine()) {
            SqlScript read = SqlScript.split(pending.append(line).append('\n').toString());
            run(read.statements());
            pending = new StringBuilder(read.rest());
        }
        run(SqlScript.split(pending.toString()).all());
    }

    /** Runs one statement. */
    void run(String statement) throws SqlException {
        long start = System.nanoTime();
        try {
            Dataset<Row> result = spark.sql(statement);
            // What only does something gives a table without columns.
            if (result.columns().length > 0) {
                format.print(result, out, () -> (System.nanoTime() - start) / 1e9);
            }
            out.flush();
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            out.flush();
            SqlException explained = SqlException.of(e).orElse(null);
            if (explained != null) {
                throw explained;
            }
            throw e;
        }
    }
}
