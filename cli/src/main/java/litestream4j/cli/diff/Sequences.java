package litestream4j.cli.diff;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a database keeps beside its tables. */
final class Sequences {
    private static final List<String> PRAGMAS = List.of("user_version", "application_id");

    private Sequences() {}

    /** Tells whether AUTOINCREMENT goes on at the same numbers. */
    static boolean areSame(TwoStates states) throws SQLException {
        return read(states, TwoStates.FROM).equals(read(states, "main"));
    }

    /** Tells whether a table had AUTOINCREMENT at any time. */
    static boolean exist(TwoStates states, String schema) throws SQLException {
        return !states.rows("SELECT 1 FROM %s.sqlite_schema WHERE name = 'sqlite_sequence'".formatted(schema))
                .isEmpty();
    }

    /** Returns table and number, each as a literal. */
    static List<List<String>> read(TwoStates states, String schema) throws SQLException {
        return exist(states, schema)
                ? states.rows("SELECT quote(name), quote(seq) FROM %s.sqlite_sequence ORDER BY 1, 2".formatted(schema))
                : List.of();
    }

    /** Returns the values in the header that are not the same, before and after. */
    static Map<String, List<String>> pragmas(TwoStates states) throws SQLException {
        Map<String, List<String>> pragmas = new LinkedHashMap<>();
        for (String pragma : PRAGMAS) {
            String before = states.rows("PRAGMA %s.%s".formatted(TwoStates.FROM, pragma))
                    .getFirst()
                    .getFirst();
            String after = states.rows("PRAGMA main." + pragma).getFirst().getFirst();
            if (!before.equals(after)) {
                pragmas.put(pragma, List.of(before, after));
            }
        }
        return pragmas;
    }
}
