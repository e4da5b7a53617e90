package litestream4j.bench;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler;

/** Draws the main figures of a run, where they were measured. Less is better in all of them; scales are logarithmic. */
final class Plots {
    private static final Map<Contender, Color> COLOURS = Map.of(
            Contender.GO, new Color(0x9AA5B1),
            Contender.OURS, new Color(0x1F78B4),
            Contender.OURS_WARM, new Color(0x33A02C));

    private final Results results;
    private final long latencyMillis;

    Plots(Results results, long latencyMillis) {
        this.results = results;
        this.latencyMillis = latencyMillis;
    }

    /** A bar of each contender: the row of the table that starts with a text. */
    private record Bars(String label, String table, String row, double divisor) {}

    void draw(Path folder) throws IOException {
        Files.createDirectories(folder);
        String large = "Cold, large replica";
        String many = "Cold, many replica";
        draw(
                folder.resolve("cold-time.svg"),
                "Cold, %d ms a request: time to the answer".formatted(latencyMillis),
                "ms",
                List.of(
                        new Bars("open, 51 files", large, "open to first row: ms", 1),
                        new Bars("open, 2001 files", many, "open to first row: ms", 1),
                        new Bars("row by key", large, "lookup by primary key: ms", 1),
                        new Bars("18 rows by index", large, "lookup of 18 rows by secondary index: ms", 1),
                        new Bars("360 rows by index", large, "range of 360 rows by secondary index: ms", 1),
                        new Bars("scan, 14 200 pages", large, "scan: whole table at that pace, s", 0.001)),
                List.of(Contender.GO, Contender.OURS, Contender.OURS_WARM));
        draw(
                folder.resolve("price.svg"),
                "Requests for the same",
                "requests",
                List.of(
                        new Bars("open, 51 files", large, "open to first row: requests", 1),
                        new Bars("open, 2001 files", many, "open to first row: requests", 1),
                        new Bars("18 rows by index", large, "lookup of 18 rows by secondary index: requests", 1),
                        new Bars("1000 pages scanned", large, "scan: requests for 1000 pages", 1),
                        new Bars("a minute idle,\n10 connections", "Idle", "10 connections: requests", 1)),
                List.of(Contender.GO, Contender.OURS));
    }

    private void draw(Path file, String title, String unit, List<Bars> bars, List<Contender> contenders)
            throws IOException {
        // A bar has to be there for each contender: the charts know no gaps.
        List<Bars> measured = bars.stream()
                .filter(bar -> contenders.stream()
                        .allMatch(contender -> value(bar, contender).orElse(0) > 0))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        List<String> labels = measured.stream().map(Bars::label).toList();
        Map<Contender, List<Double>> series = new LinkedHashMap<>();
        for (Contender contender : contenders) {
            series.put(
                    contender,
                    measured.stream()
                            .map(bar -> value(bar, contender).orElseThrow() / bar.divisor)
                            .toList());
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(900)
                .height(420)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setLegendPosition(Styler.LegendPosition.InsideNE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false);
        chart.getStyler().setAvailableSpaceFill(0.8);
        series.forEach((contender, values) ->
                chart.addSeries(contender.title, labels, values).setFillColor(COLOURS.get(contender)));
        try (OutputStream out = Files.newOutputStream(file)) {
            ChartEncoder.saveChart(chart, out, "SVG");
        }
    }

    private OptionalDouble value(Bars bar, Contender contender) {
        return results.titles().stream()
                .filter(title -> title.startsWith(bar.table))
                .map(title -> results.value(title, bar.row, contender))
                .filter(OptionalDouble::isPresent)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }
}
