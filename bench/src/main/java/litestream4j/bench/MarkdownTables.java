package litestream4j.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of {@link Results#markdown} again, also from among other text: each below a heading of the third
 * level, with contenders as its columns. Tables of other columns are passed over.
 */
final class MarkdownTables {
    private static final String HEADING = "### ";

    private final Map<String, ResultTable> tables = new LinkedHashMap<>();
    private @Nullable String title;
    private List<Contender> columns = List.of();

    private MarkdownTables() {}

    /**
     * Returns the tables of a text, in its order. Of two with the same title only the later one: numbers of two runs
     * are not to be seen side by side.
     */
    static List<ResultTable> parse(String markdown) {
        MarkdownTables tables = new MarkdownTables();
        markdown.lines().forEach(tables::line);
        return List.copyOf(tables.tables.values());
    }

    private void line(String line) {
        if (line.startsWith("#")) {
            title = line.startsWith(HEADING) ? line.substring(HEADING.length()).strip() : null;
            columns = List.of();
        } else if (!line.startsWith("|")) {
            columns = List.of();
        } else if (title != null) {
            List<String> cells = Arrays.stream(line.substring(1).split("\\|", -1))
                    .map(String::strip)
                    .toList();
            if (cells.getFirst().isEmpty()) {
                header(title, cells.subList(1, cells.size() - 1));
            } else if (!columns.isEmpty() && !cells.getFirst().startsWith("---")) {
                row(Objects.requireNonNull(tables.get(title)), cells);
            }
        }
    }

    private void header(String of, List<String> titles) {
        List<Contender> contenders = titles.stream()
                .flatMap(name -> Arrays.stream(Contender.values()).filter(contender -> contender.title.equals(name)))
                .toList();
        if (contenders.size() == titles.size()) {
            columns = contenders;
            tables.remove(of);
            tables.put(of, new ResultTable(of, new LinkedHashMap<>()));
        }
    }

    private void row(ResultTable table, List<String> cells) {
        if (cells.size() != columns.size() + 2) {
            throw new IllegalArgumentException(
                    "table \"%s\", row \"%s\": expected %d cells and a bar at the end, found %d"
                            .formatted(table.title(), cells.getFirst(), columns.size(), cells.size() - 2));
        }
        Map<Contender, Double> numbers = new EnumMap<>(Contender.class);
        for (int i = 0; i < columns.size(); i++) {
            String cell = cells.get(i + 1);
            if (!cell.equals("-")) {
                numbers.put(columns.get(i), number(table, cells.getFirst(), cell));
            }
        }
        table.rows().put(cells.getFirst(), numbers);
    }

    private static double number(ResultTable table, String row, String cell) {
        try {
            return Double.parseDouble(cell.replace(" ", ""));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("table \"%s\", row \"%s\": expected a number or -, found \"%s\""
                    .formatted(table.title(), row, cell));
        }
    }
}
