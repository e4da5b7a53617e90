package litestream4j.bench;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table as it is printed: a number for each row and contender, or none where a contender was not measured.
 *
 * @param rows in their order, by name
 */
record ResultTable(String title, Map<String, Map<Contender, Double>> rows) {
    /** Returns a number, or null if there is none. */
    @Nullable Double cell(String row, Contender contender) {
        return rows.getOrDefault(row, Map.of()).get(contender);
    }
}
