package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;

/**
 * A column of a key, as SQL defines it.
 *
 * @param name in lower case; empty if it is an expression
 * @param collation in lower case; empty if none is given here
 */
record KeyColumn(String name, String collation, boolean isDescending) {
    private static final String BINARY = "binary";

    boolean isBinary() {
        return collation.isEmpty() || collation.equals(BINARY);
    }

    /** Reads the columns of an index from the statement that made it. */
    static List<KeyColumn> ofIndex(String sql) {
        List<String> words = SqlWords.of(sql);
        return inParentheses(words, words.indexOf("("));
    }

    /** Reads columns with commas between them; none if no parenthesis opens at that place. */
    static List<KeyColumn> inParentheses(List<String> words, int open) {
        List<KeyColumn> columns = new ArrayList<>();
        if (open >= 0 && open < words.size() && words.get(open).equals("(")) {
            for (List<String> part : parts(words, open)) {
                columns.add(of(part));
            }
        }
        return columns;
    }

    private static KeyColumn of(List<String> words) {
        String collation = "";
        int at = 1;
        if (at + 1 < words.size() && words.get(at).equals("collate")) {
            collation = SqlWords.name(words.get(at + 1));
            at += 2;
        }
        boolean isDescending = at < words.size() && words.get(at).equals("desc");
        boolean hasOrder = isDescending || (at < words.size() && words.get(at).equals("asc"));
        boolean isColumn = words.size() == (hasOrder ? at + 1 : at);
        return new KeyColumn(isColumn ? SqlWords.name(words.getFirst()) : "", collation, isDescending);
    }

    /** Returns what stands in parentheses, parted by commas; parts without a word are left out. */
    static List<List<String>> parts(List<String> words, int open) {
        List<List<String>> parts = new ArrayList<>();
        int begin = open + 1;
        int depth = 1;
        for (int at = open + 1; at < words.size() && depth > 0; at++) {
            String word = words.get(at);
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            if (depth == 0 || (depth == 1 && word.equals(","))) {
                if (begin < at) {
                    parts.add(words.subList(begin, at));
                }
                begin = at + 1;
            }
        }
        return parts;
    }
}
