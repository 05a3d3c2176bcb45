package io.fcnspark.jobs;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements of a text: what stands before each {@code ;} that is in no quotes and no comment.
 *
 * @param statements those that are complete, without the semicolon; none is empty or a mere comment
 * @param rest what follows the last semicolon
 * @param isRestEmpty whether the rest holds nothing but white space and comments
 */
record SqlScript(List<String> statements, String rest, boolean isRestEmpty) {
    SqlScript {
        statements = List.copyOf(statements);
    }

    /** Takes a text apart. */
    static SqlScript split(String text) {
        List<String> statements = new ArrayList<>();
        int start = 0;
        boolean empty = true;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == ';') {
                if (!empty) {
                    statements.add(text.substring(start, i).strip());
                }
                i++;
                start = i;
                empty = true;
            } else if (text.startsWith("--", i)) {
                i = afterLine(text, i);
            } else if (text.startsWith("/*", i)) {
                int end = afterComment(text, i);
                // Spark has to see a comment that never ends.
                empty &= end <= text.length();
                i = Math.min(end, text.length());
            } else if (c == '\'' || c == '"' || c == '`') {
                empty = false;
                i = afterQuotes(text, i);
            } else {
                empty &= Character.isWhitespace(c);
                i++;
            }
        }
        return new SqlScript(statements, text.substring(start), empty);
    }

    /**
     * Takes apart a text whose last statement need not end with a semicolon.
     *
     * @throws IllegalArgumentException if there is no statement
     */
    static List<String> requireComplete(String text) {
        List<String> statements = split(text).all();
        if (statements.isEmpty()) {
            throw new IllegalArgumentException("-e holds no statement");
        }
        return statements;
    }

    /** The statements with the rest, if that holds anything. */
    List<String> all() {
        List<String> all = new ArrayList<>(statements);
        if (!isRestEmpty) {
            all.add(rest.strip());
        }
        return all;
    }

    private static int afterLine(String text, int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end + 1;
    }

    /** Comments nest. Beyond the text's end if there is no end to the comment. */
    private static int afterComment(String text, int at) {
        int depth = 0;
        int i = at;
        while (i < text.length()) {
            if (text.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (text.startsWith("*/", i)) {
                depth--;
                i += 2;
                if (depth == 0) {
                    return i;
                }
            } else {
                i++;
            }
        }
        return text.length() + 1;
    }

    private static int afterQuotes(String text, int at) {
        char quote = text.charAt(at);
        int i = at + 1;
        while (i < text.length() && text.charAt(i) != quote) {
            i += text.charAt(i) == '\\' && quote != '`' ? 2 : 1;
        }
        return Math.min(i + 1, text.length());
    }
}
