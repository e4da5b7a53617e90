package litestream4j.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measured numbers, and the Markdown tables of their medians; of dependent round trips the least, since a machine that
 * is busy can only add to them. Used by one thread.
 */
final class Results {
    /** How the names of rows end that count them. */
    static final String ROUND_TRIPS = "dependent round trips";

    private final Map<String, Map<String, Map<Contender, List<Double>>>> tables = new LinkedHashMap<>();

    /** Adds a sample to a row of a table; both appear in the order of their first samples. */
    void add(String table, String row, Contender contender, double value) {
        tables.computeIfAbsent(table, _ -> new LinkedHashMap<>())
                .computeIfAbsent(row, _ -> new EnumMap<>(Contender.class))
                .computeIfAbsent(contender, _ -> new ArrayList<>())
                .add(value);
    }

    /** Returns all tables; a column only where it has a number. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        tables.forEach((title, rows) -> {
            Set<Contender> columns = EnumSet.noneOf(Contender.class);
            rows.values().forEach(row -> columns.addAll(row.keySet()));
            text.append("\n### ").append(title).append("\n\n| |");
            columns.forEach(column -> text.append(' ').append(column.title).append(" |"));
            text.append("\n| --- |").append(" ---: |".repeat(columns.size())).append('\n');
            rows.forEach((row, cells) -> text.append("| ")
                    .append(row)
                    .append(" | ")
                    .append(columns.stream()
                            .map(column -> cell(row, cells.get(column)))
                            .collect(Collectors.joining(" | ")))
                    .append(" |\n"));
        });
        return text.toString();
    }

    private static String cell(String row, @Nullable List<Double> samples) {
        if (samples == null) {
            return "-";
        }
        return number(row.endsWith(ROUND_TRIPS) ? Collections.min(samples) : median(samples));
    }

    /** Returns the middle one of the samples, or the mean of the two in the middle. */
    static double median(List<Double> samples) {
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Returns three digits or more of a number, with a blank between thousands. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) || size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
