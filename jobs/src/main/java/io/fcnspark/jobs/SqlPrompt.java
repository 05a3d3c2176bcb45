package io.fcnspark.jobs;

import io.fcnspark.spark.functions.MaskFunction;
import io.fcnspark.spark.functions.SegmentationMetricsAggregate;
import io.fcnspark.spark.tables.ResultViews;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/** Reads statements at a terminal: over several lines up to a semicolon, with a history and completion. */
final class SqlPrompt {
    /** Where the history is kept. */
    static final Path HISTORY = Path.of(System.getProperty("user.home"), ".fcn_sql_history");

    private static final Set<String> ENDS = Set.of("\\q", "quit", "exit");
    private static final Set<String> HELP_WORDS = Set.of("help", "?");
    private static final List<String> KEYWORDS = List.of(
            "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "DISTINCT", "count(*)", "avg(", "sum(");
    private static final String HELP = """
        A statement ends with ';' and may take several lines. Ctrl-C gives up a statement or a running query.
          \\d         views and their columns; \\d NAME those of one
          \\df        functions of masks
          \\q         ends; so do exit, quit and Ctrl-D
        """;

    private final SqlSession session;
    private final Terminal terminal;
    private final Path history;

    SqlPrompt(SqlSession session, Terminal terminal, Path history) {
        this.session = session;
        this.terminal = terminal;
        this.history = history;
    }

    /** Reads and runs until the user ends it. An error is told, and ends nothing. */
    void run() {
        SparkSession spark = session.spark();
        PrintWriter out = session.out();
        LineReader reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(parser())
                .completer(completer(words(spark)))
                .option(LineReader.Option.CASE_INSENSITIVE, true)
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   > ")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
        out.println("Views: %s. \\? for help.".formatted(String.join(", ", ResultViews.NAMES)));
        out.flush();
        terminal.handle(Terminal.Signal.INT, signal -> spark.sparkContext().cancelAllJobs());
        while (true) {
            String line;
            try {
                line = reader.readLine("fcn> ").strip();
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return;
            }
            if (ENDS.contains(command(line))) {
                return;
            }
            answer(line);
            out.flush();
        }
    }

    private void answer(String line) {
        try {
            if (isCommand(line)) {
                describe(line);
            } else {
                session.run(SqlScript.split(line).all());
            }
        } catch (SqlException e) {
            session.out().println(e.getMessage());
        } catch (Exception e) { // whatever it is, what was asked before is worth more
            ErrorReport.internal(e, session.out());
        }
    }

    private void describe(String line) throws SqlException {
        String[] words = command(line).split("\\s+");
        switch (words[0]) {
            case "\\d" -> {
                for (String view : words.length > 1 ? List.of(words[1]) : ResultViews.NAMES) {
                    if (words.length == 1) {
                        session.out().println(view);
                    }
                    session.run("DESCRIBE TABLE `%s`".formatted(view.replace("`", "``")));
                }
            }
            case "\\df" ->
                Stream.concat(
                                Arrays.stream(MaskFunction.values()).map(MaskFunction::usage),
                                Stream.of(SegmentationMetricsAggregate.USAGE))
                        .forEach(session.out()::println);
            default -> session.out().print(HELP);
        }
    }

    private static String command(String line) {
        return line.replaceAll("[;\\s]+$", "").toLowerCase(Locale.ROOT);
    }

    /** Lets Enter begin another line until a statement ends. What completes is a name, wherever in an expression it stands. */
    private static Parser parser() {
        DefaultParser words = new DefaultParser() {
            @Override
            public boolean isDelimiterChar(CharSequence line, int at) {
                char c = line.charAt(at);
                return !Character.isLetterOrDigit(c) && c != '_' && c != '\\';
            }
        };
        words.setQuoteChars(new char[0]);
        // With none at all, words are completed as they are; with an empty list, those with a bracket would be put in
        // quotes.
        words.setEscapeChars(null);
        return (line, cursor, context) -> {
            if (context == Parser.ParseContext.ACCEPT_LINE && !isComplete(line)) {
                throw new EOFError(-1, -1, "the statement has no ';' yet");
            }
            return words.parse(line, cursor, context);
        };
    }

    /** A blank follows what is complete, and none an opening bracket. */
    private static Completer completer(List<String> words) {
        return (reader, line, candidates) -> words.stream()
                .distinct()
                .map(word -> new Candidate(word, word, null, null, null, null, !word.endsWith("(")))
                .forEach(candidates::add);
    }

    private static boolean isCommand(String line) {
        return line.strip().startsWith("\\") || HELP_WORDS.contains(command(line));
    }

    private static boolean isComplete(String line) {
        return line.isBlank()
                || ENDS.contains(command(line))
                || isCommand(line)
                || SqlScript.split(line).isRestEmpty();
    }

    private static List<String> words(SparkSession spark) {
        List<String> words = new ArrayList<>(KEYWORDS);
        for (String view : ResultViews.NAMES) {
            words.add(view);
            Arrays.stream(spark.table(view).schema().fields())
                    .map(StructField::name)
                    .forEach(words::add);
        }
        Arrays.stream(MaskFunction.values())
                .map(function -> function.sqlName() + "(")
                .forEach(words::add);
        words.add(SegmentationMetricsAggregate.NAME + "(");
        return words;
    }
}
