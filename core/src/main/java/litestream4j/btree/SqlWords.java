package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of an SQL statement: names and keywords in lower case, each other character by itself. A quoted one is
 * marked, so that it is none of the keywords.
 */
final class SqlWords {
    private static final char MARK = '"';

    private final String sql;
    private final List<String> words = new ArrayList<>();
    private int at;

    private SqlWords(String sql) {
        this.sql = sql;
    }

    static List<String> of(String sql) {
        SqlWords reader = new SqlWords(sql);
        while (reader.at < sql.length()) {
            reader.next();
        }
        return reader.words;
    }

    /** Returns what a word names, whether it was quoted or not. */
    static String name(String word) {
        return word.charAt(0) == MARK ? word.substring(1) : word;
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            at = behind("\n", at);
        } else if (sql.startsWith("/*", at)) {
            at = behind("*/", at + 2);
        } else if (c == '"' || c == '`' || c == '\'') {
            quoted(c);
        } else if (c == '[') {
            int end = behind("]", at);
            add(MARK + sql.substring(at + 1, Math.max(at + 1, end - 1)));
            at = end;
        } else if (isPartOfName(c)) {
            int begin = at;
            while (at < sql.length() && isPartOfName(sql.charAt(at))) {
                at++;
            }
            add(sql.substring(begin, at));
        } else {
            add(String.valueOf(c));
            at++;
        }
    }

    private void quoted(char quote) {
        StringBuilder name = new StringBuilder().append(MARK);
        for (at++; at < sql.length(); at++) {
            if (sql.charAt(at) == quote) {
                at++;
                if (at >= sql.length() || sql.charAt(at) != quote) {
                    break;
                }
            }
            name.append(sql.charAt(at));
        }
        add(name.toString());
    }

    private int behind(String end, int from) {
        int found = sql.indexOf(end, from);
        return found < 0 ? sql.length() : found + end.length();
    }

    private void add(String word) {
        words.add(word.toLowerCase(Locale.ROOT));
    }

    /** Bytes beyond ASCII are part of names. */
    private static boolean isPartOfName(char c) {
        return c == '_' || c == '$' || c >= 0x80 || Character.isLetterOrDigit(c);
    }
}
