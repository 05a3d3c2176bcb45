package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import scala.collection.JavaConverters;

/**
 * The full name of a table: catalog, at least one namespace, table.
 *
 * @param parts without quotes
 */
record TableName(List<String> parts) {
    /** Three or more words with dots between them; whatever has a slash or a colon is a path or a URI. */
    private static final Pattern NAME = Pattern.compile("[^./:\\\\]+(\\.[^./:\\\\]+){2,}");

    TableName {
        parts = List.copyOf(parts);
    }

    /**
     * The table that the name of an output means; empty if it is a path or a URI.
     *
     * @throws BadInputException if it looks like a table's name and is none
     */
    static Optional<TableName> of(String output) {
        if (!NAME.matcher(output).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TableName(
                    JavaConverters.seqAsJavaList(new CatalystSqlParser().parseMultipartIdentifier(output))));
        } catch (Exception e) {
            // Scala declares no exceptions, so the compiler knows nothing of this one.
            if (e instanceof AnalysisException) {
                throw new BadInputException(
                        "%s is no valid name of a table CATALOG.NAMESPACE.TABLE: put words with other characters than letters, digits and '_' between backquotes, or write ./%s for a folder of that name"
                                .formatted(output, output),
                        e);
            }
            throw e;
        }
    }

    /** The table beside this one whose name has something more at its end. */
    TableName withSuffix(String suffix) {
        List<String> other = new ArrayList<>(parts);
        other.set(parts.size() - 1, table() + suffix);
        return new TableName(other);
    }

    String catalog() {
        return parts.get(0);
    }

    List<String> namespace() {
        return parts.subList(1, parts.size() - 1);
    }

    String table() {
        return parts.get(parts.size() - 1);
    }

    /** As SQL has it. */
    String quoted() {
        return parts.stream().map(part -> "`" + part.replace("`", "``") + "`").collect(Collectors.joining("."));
    }

    /** As people write it. */
    @Override
    public String toString() {
        return String.join(".", parts);
    }
}
