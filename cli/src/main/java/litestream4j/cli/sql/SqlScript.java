package litestream4j.cli.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * SQL text taken apart into statements.
 *
 * @param statements those that end with a semicolon, without it; empty ones are left out
 * @param rest what follows the last semicolon, if it is more than blanks and comments; else empty
 */
public record SqlScript(List<String> statements, String rest) {
    /**
     * Takes a text apart. Semicolons in literals, names, comments and trigger bodies end nothing; the rules are those
     * of SQLite's tokenizer and of {@code sqlite3_complete()}.
     */
    public static SqlScript parse(String text) {
        return new Parser(text).parse();
    }

    /** Returns all statements; the last one need not end with a semicolon. */
    public List<String> all() {
        if (rest.isEmpty()) {
            return statements;
        }
        List<String> all = new ArrayList<>(statements);
        all.add(rest);
        return List.copyOf(all);
    }

    private static final class Parser {
        /** How much of CREATE [TEMP] TRIGGER was seen, or that one is inside its body. */
        private enum State {
            START,
            EXPLAIN,
            CREATE,
            TRIGGER,
            /** In a trigger, behind a semicolon. */
            BODY_SEMICOLON,
            /** Behind the END of a trigger. */
            BODY_END,
            OTHER
        }

        private final String text;
        private final List<String> statements = new ArrayList<>();
        private int at;
        private int begin;
        private boolean hasToken;
        private State state = State.START;

        Parser(String text) {
            this.text = text;
        }

        SqlScript parse() {
            while (at < text.length()) {
                char c = text.charAt(at);
                switch (c) {
                    case ' ', '\t', '\n', '\r', '\f' -> at++;
                    case '-' -> minus();
                    case '/' -> slash();
                    case '\'', '"', '`' -> quoted(c);
                    case '[' -> {
                        skipTo("]");
                        token("");
                    }
                    case ';' -> semicolon();
                    default -> word();
                }
            }
            return new SqlScript(
                    List.copyOf(statements), hasToken ? text.substring(begin).strip() : "");
        }

        private void minus() {
            if (text.startsWith("--", at)) {
                skipTo("\n");
            } else {
                at++;
                token("");
            }
        }

        private void slash() {
            if (text.startsWith("/*", at)) {
                at += 2;
                boolean ends = text.indexOf("*/", at) >= 0;
                skipTo("*/");
                // An open comment needs more lines to come.
                hasToken |= !ends;
            } else {
                at++;
                token("");
            }
        }

        private void quoted(char quote) {
            at++;
            // A doubled quote ends one piece and begins the next: the same for our purpose.
            skipTo(Character.toString(quote));
            token("");
        }

        private void skipTo(String end) {
            int found = text.indexOf(end, at);
            at = found < 0 ? text.length() : found + end.length();
        }

        private void word() {
            int start = at;
            while (at < text.length() && isWordPart(text.charAt(at))) {
                at++;
            }
            if (at == start) {
                at++;
            }
            token(text.substring(start, at).toUpperCase(Locale.ROOT));
        }

        private static boolean isWordPart(char c) {
            return c == '_' || c == '$' || c >= 0x80 || Character.isLetterOrDigit(c);
        }

        private void token(String word) {
            hasToken = true;
            state = switch (state) {
                case START, EXPLAIN ->
                    switch (word) {
                        case "EXPLAIN" -> State.EXPLAIN;
                        case "QUERY", "PLAN" -> state == State.EXPLAIN ? State.EXPLAIN : State.OTHER;
                        case "CREATE" -> State.CREATE;
                        default -> State.OTHER;
                    };
                case CREATE ->
                    switch (word) {
                        case "TEMP", "TEMPORARY" -> State.CREATE;
                        case "TRIGGER" -> State.TRIGGER;
                        default -> State.OTHER;
                    };
                case BODY_SEMICOLON -> word.equals("END") ? State.BODY_END : State.TRIGGER;
                case TRIGGER, BODY_END -> State.TRIGGER;
                case OTHER -> State.OTHER;
            };
        }

        private void semicolon() {
            if (state == State.TRIGGER || state == State.BODY_SEMICOLON) {
                state = State.BODY_SEMICOLON;
                at++;
                return;
            }
            if (hasToken) {
                statements.add(text.substring(begin, at).strip());
            }
            at++;
            begin = at;
            hasToken = false;
            state = State.START;
        }
    }
}
