package litestream4j.btree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The keys of a WITHOUT ROWID table, from the statement that made it.
 *
 * @param primary columns of the primary key; none if it is another table, or texts are not compared by their bytes
 * @param unique columns of each other key, for which SQLite makes an index by itself, in that order
 */
record TableKeys(List<KeyColumn> primary, List<List<KeyColumn>> unique) {
    private static final TableKeys NONE = new TableKeys(List.of(), List.of());

    /** Where the words WITHOUT ROWID are, or else nothing is looked at: most tables have rowids. */
    private static final int TAIL = 60;

    private static final List<String> PRIMARY_KEY = List.of("primary", "key");

    static TableKeys of(String sql) {
        String tail = sql.substring(Math.max(0, sql.length() - TAIL)).toLowerCase(Locale.ROOT);
        if (!tail.contains("rowid")) {
            return NONE;
        }
        List<String> words = SqlWords.of(sql);
        int open = words.indexOf("(");
        int tailWords = words.lastIndexOf(")") + 1;
        if (open < 0
                || Collections.indexOfSubList(words.subList(tailWords, words.size()), List.of("without", "rowid"))
                        < 0) {
            return NONE;
        }
        Definitions definitions = new Definitions();
        for (List<String> part : KeyColumn.parts(words, open)) {
            definitions.add(part);
        }
        return definitions.keys();
    }

    TableKeys withoutFirstUnique() {
        return new TableKeys(primary, unique.subList(1, unique.size()));
    }

    /** What is known of a table after some of its definitions. */
    private static final class Definitions {
        private List<KeyColumn> primary = List.of();
        private final List<List<KeyColumn>> unique = new ArrayList<>();
        private final Set<String> otherwiseCompared = new HashSet<>();

        void add(List<String> part) {
            List<String> words = part;
            while (words.size() > 2 && words.getFirst().equals("constraint")) {
                words = words.subList(2, words.size());
            }
            switch (words.getFirst()) {
                case "primary" -> primary = KeyColumn.inParentheses(words, PRIMARY_KEY.size());
                case "unique" -> unique.add(KeyColumn.inParentheses(words, 1));
                case "check", "foreign" -> {
                    // No index comes from these.
                }
                default -> addColumn(words);
            }
        }

        private void addColumn(List<String> words) {
            String name = SqlWords.name(words.getFirst());
            int collate = words.indexOf("collate") + 1;
            if (collate > 0 && collate < words.size() && !words.get(collate).endsWith("binary")) {
                otherwiseCompared.add(name);
            }
            int key = Collections.indexOfSubList(words, PRIMARY_KEY);
            if (key > 0) {
                int behind = key + PRIMARY_KEY.size();
                boolean isDescending =
                        behind < words.size() && words.get(behind).equals("desc");
                primary = List.of(new KeyColumn(name, "", isDescending));
            }
            if (words.contains("unique")) {
                unique.add(List.of(new KeyColumn(name, "", false)));
            }
        }

        TableKeys keys() {
            Map<String, KeyColumn> key = new LinkedHashMap<>();
            for (KeyColumn column : primary) {
                boolean isByBytes =
                        column.collation().isEmpty() ? !otherwiseCompared.contains(column.name()) : column.isBinary();
                if (column.name().isEmpty() || !isByBytes) {
                    return NONE;
                }
                key.putIfAbsent(column.name(), column);
            }
            // SQLite makes one index for each.
            Set<List<String>> seen = new HashSet<>(Set.of(names(primary)));
            List<List<KeyColumn>> others =
                    unique.stream().filter(each -> seen.add(names(each))).toList();
            return new TableKeys(List.copyOf(key.values()), others);
        }

        private static List<String> names(List<KeyColumn> columns) {
            return columns.stream().map(KeyColumn::name).toList();
        }
    }
}
