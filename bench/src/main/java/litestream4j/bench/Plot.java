package litestream4j.bench;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is drawn of a table: some of its rows, which have one unit.
 *
 * @param table pattern of the table's title; its group, if it has one, stands for {@code %s} in name and title
 * @param name of the file, without its ending
 * @param title what is to be seen
 * @param better which numbers are the good ones
 * @param unit of the axis
 */
record Plot(Pattern table, String name, String title, Better better, String unit, List<Row> rows) {
    /** The end of the scale where everybody wants to be. */
    enum Better {
        LOWER,
        HIGHER
    }

    /**
     * A row of the table.
     *
     * @param name in the table
     * @param label in the picture
     * @param factor that makes the picture's unit of the table's
     */
    record Row(String name, String label, double factor) {
        Row(String name, String label) {
            this(name, label, 1);
        }
    }

    static Plot lower(String table, String name, String title, String unit, Row... rows) {
        return new Plot(Pattern.compile(table), name, title, Better.LOWER, unit, List.of(rows));
    }

    static Plot higher(String table, String name, String title, String unit, Row... rows) {
        return new Plot(Pattern.compile(table), name, title, Better.HIGHER, unit, List.of(rows));
    }

    /** Returns this for one table, with what its title says filled in; empty if it is not for that table. */
    Optional<Plot> forTable(String tableTitle) {
        Matcher matcher = table.matcher(tableTitle);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String group = matcher.groupCount() == 0 ? "" : matcher.group(1);
        return Optional.of(new Plot(table, name.replace("%s", group), title.replace("%s", group), better, unit, rows));
    }
}
