package litestream4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import litestream4j.bench.Plot.Row;

/** The pictures of the tables, and the command behind {@code scripts/bench plots}, which draws them from files. */
public final class Plots {
    private static final String COLD = "Cold, large replica \\(.*\\), (\\d+) ms a request";
    private static final String WARM = "Warm, large replica, .*";
    private static final String MS = "milliseconds";

    private static final List<Plot> ALL = List.of(
            Plot.lower(
                    COLD,
                    "cold-%sms",
                    "First reads of 100 MB in 51 files, %s ms a request",
                    MS,
                    new Row("open to first row: ms", "open to first row"),
                    new Row("lookup by primary key: ms", "lookup by primary key"),
                    new Row("lookup of 18 rows by secondary index: ms", "18 rows by secondary index"),
                    new Row("range of 360 rows by secondary index: ms", "360 rows by secondary index"),
                    new Row("scan: whole table at that pace, s", "scan of 14 236 pages", 1000)),
            Plot.lower(
                    COLD,
                    "cold-%sms-round-trips",
                    "Round trips in a row, first reads of 100 MB in 51 files",
                    "round trips to the store, each after the one before",
                    new Row("open to first row: " + Results.ROUND_TRIPS, "open to first row"),
                    new Row("lookup by primary key: " + Results.ROUND_TRIPS, "lookup by primary key"),
                    new Row(
                            "lookup of 18 rows by secondary index: " + Results.ROUND_TRIPS,
                            "18 rows by secondary index"),
                    new Row(
                            "range of 360 rows by secondary index: " + Results.ROUND_TRIPS,
                            "360 rows by secondary index"),
                    new Row("scan: for 1000 pages, " + Results.ROUND_TRIPS, "scan, for 1000 pages")),
            Plot.lower(
                    "Cold, many replica \\(.*\\), (\\d+) ms a request",
                    "open-many-%sms",
                    "Opening a replica of 2001 files, %s ms a request",
                    MS,
                    new Row("open to first row: ms", "open to first row")),
            Plot.higher(
                    WARM,
                    "warm-lookups",
                    "Lookups from memory",
                    "lookups in a second",
                    new Row("lookups by primary key, autocommit: /s", "100 rows, autocommit"),
                    new Row("uniform lookups over item in one transaction: /s", "whole table, default caches"),
                    new Row("uniform lookups, 160 MiB engine cache: /s", "whole table, 160 MiB engine cache")),
            Plot.lower(
                    WARM,
                    "warm-page-reads",
                    "Page reads that miss SQLite's cache",
                    "nanoseconds a page",
                    new Row("page read that misses SQLite's cache: ns", "page read")),
            Plot.lower(
                    WARM,
                    "warm-scans",
                    "Scans of 14 236 pages, 0 ms a request",
                    MS,
                    new Row("whole scan of item, first: s", "first, default caches", 1000),
                    new Row("whole scan of item, again: s", "again, default caches", 1000),
                    new Row("whole scan, again, 160 MiB engine cache: s", "again, 160 MiB engine cache", 1000)),
            Plot.lower(
                    "Resident memory of the process, large replica, MB",
                    "memory",
                    "Memory of a process with 1 and 10 connections",
                    "megabytes resident",
                    new Row("1 connection", "1 connection"),
                    new Row("1 connection, 20 MB read", "1 connection, 20 MB read"),
                    new Row("10 connections, 20 MB read by each", "10 connections, 20 MB read by each"),
                    new Row("each further connection", "each further connection")),
            Plot.lower(
                    "Idle, in a minute \\(.*\\)",
                    "idle",
                    "Price of a minute in which nothing happens",
                    "GETs, a listing counted as 10",
                    new Row("1 connection: price in GETs, a listing counted as 10", "1 connection"),
                    new Row("10 connections: price in GETs, a listing counted as 10", "10 connections")),
            Plot.lower(
                    "Reads of what does not change, .*",
                    "publish",
                    "Cached pages read while a view is published each 100 ms",
                    "nanoseconds that 99 % of the reads do not exceed",
                    new Row("page read in the engine: 99 %, ns, nothing published", "nothing published"),
                    new Row("page read in the engine: 99 %, ns, 1 page changed", "1 page changed"),
                    new Row("page read in the engine: 99 %, ns, 100 pages changed", "100 pages changed"),
                    new Row("page read in the engine: 99 %, ns, 10 000 pages changed", "10 000 pages changed")),
            Plot.lower(
                    "Requests, a range of 4 kB each, .*",
                    "requests",
                    "Processor time of a GET of 4 kB, client's side",
                    "microseconds",
                    new Row("by 1 thread: processor time of each, us", "by 1 thread"),
                    new Row("by 16 threads: processor time of each, us", "by 16 threads")),
            Plot.lower(
                    "sqlite3 shell, from start to end, replica in a folder",
                    "shell",
                    "The sqlite3 shell from its start to its end",
                    MS,
                    new Row("small replica: ms", "small replica, one row"),
                    new Row("large replica: ms", "large replica, one row"),
                    new Row("extension loaded only: ms", "extension loaded only")));

    private Plots() {}

    /** Draws what is known of the tables in files; exit status 2 if there is nothing to draw. */
    public static void main(String[] arguments) throws IOException {
        try {
            fromFiles(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage() + "; see scripts/bench --help");
            System.exit(2);
        } catch (NoSuchFileException e) {
            System.err.println("bench: there is no file " + e.getMessage());
            System.exit(2);
        }
    }

    private static void fromFiles(String[] arguments) throws IOException {
        Path folder = null;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--plots")) {
                folder = Path.of(Bench.value(arguments, ++i));
            } else {
                text.append(Files.readString(Path.of(arguments[i]))).append('\n');
            }
        }
        if (folder == null) {
            throw new IllegalArgumentException("plots needs --plots DIR");
        }
        BarChart.requireFonts();
        List<Path> drawn = draw(MarkdownTables.parse(text.toString()), folder);
        if (drawn.isEmpty()) {
            throw new IllegalArgumentException("no table that can be drawn");
        }
        drawn.forEach(System.out::println);
    }

    /**
     * Draws the pictures of tables into a folder, which is made if it is missing.
     *
     * @return the files
     */
    static List<Path> draw(List<ResultTable> tables, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.createDirectories(folder);
        for (ResultTable table : tables) {
            for (Plot each : ALL) {
                Plot plot = each.forTable(table.title()).orElse(null);
                if (plot != null && !series(plot, table).isEmpty()) {
                    files.add(Files.writeString(
                            folder.resolve(plot.name() + ".svg"), BarChart.svg(plot, series(plot, table))));
                }
            }
        }
        return files;
    }

    /** Returns the numbers that a plot has of a table, in its unit, by contender and label. */
    static Map<Contender, Map<String, Double>> series(Plot plot, ResultTable table) {
        Map<Contender, Map<String, Double>> series = new LinkedHashMap<>();
        for (Contender contender : Contender.values()) {
            Map<String, Double> numbers = new LinkedHashMap<>();
            for (Row row : plot.rows()) {
                Double number = table.cell(row.name(), contender);
                if (number != null) {
                    numbers.put(row.label(), number * row.factor());
                }
            }
            if (!numbers.isEmpty()) {
                series.put(contender, numbers);
            }
        }
        return series;
    }
}
