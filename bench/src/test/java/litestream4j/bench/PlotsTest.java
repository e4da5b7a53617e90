package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import litestream4j.bench.Plot.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarSeries;

class PlotsTest {
    private static final Plot PLOT = Plot.lower(
            "Open, (\\d+) ms",
            "open-%sms",
            "Opening at %s ms",
            "ms",
            new Row("first: s", "first", 1000),
            new Row("again: ms", "again"));

    private static final String GO_COLOR = "fill:rgb(230,159,0)";
    private static final String DOWNLOAD_COLOR = "fill:rgb(204,121,167)";

    @TempDir
    Path folder;

    @Test
    void numbersAreInTheUnitOfThePlot() {
        ResultTable table = new ResultTable(
                "Open, 20 ms",
                Map.of(
                        "first: s",
                        Map.of(Contender.GO, 1.5),
                        "again: ms",
                        Map.of(Contender.GO, 30.0),
                        "more",
                        Map.of()));
        assertThat(Plots.series(PLOT, table)).isEqualTo(Map.of(Contender.GO, Map.of("first", 1500.0, "again", 30.0)));
    }

    @Test
    void latencyOfTheTableIsInNameAndTitle() {
        Plot plot = PLOT.forTable("Open, 20 ms").orElseThrow();
        assertThat(plot.name()).isEqualTo("open-20ms");
        assertThat(plot.title()).isEqualTo("Opening at 20 ms");
        assertThat(PLOT.forTable("Open, 20 ms and more")).isEmpty();
    }

    @Test
    void missingNumberLeavesItsPlaceOpen() {
        HorizontalBarChart chart = BarChart.chart(
                PLOT,
                Map.of(
                        Contender.GO,
                        Map.of("first", 1500.0, "again", 30.0),
                        Contender.DOWNLOAD,
                        Map.of("again", 20.0)));
        HorizontalBarSeries download = chart.getSeries(Contender.DOWNLOAD.title);
        assertThat(new ArrayList<Object>(download.getXData())).containsExactly(null, 20.0);
        assertThat(new ArrayList<Object>(download.getYData())).containsExactly("first", "again");
    }

    @Test
    void titleSaysWhichEndIsGood() {
        Plot higher = Plot.higher("Open", "open", "Opens", "opens in a second", new Row("opens", "opens"));
        Map<Contender, Map<String, Double>> series = Map.of(Contender.GO, Map.of("opens", 1.0, "first", 1.0));
        assertThat(BarChart.chart(higher, series).getTitle()).isEqualTo("Opens: higher is better");
        assertThat(BarChart.chart(PLOT, series).getTitle()).endsWith(": lower is better");
    }

    @Test
    void scaleIsLogarithmicOnlyWhereNumbersDifferMuch() {
        HorizontalBarChart alike = BarChart.chart(PLOT, Map.of(Contender.GO, Map.of("first", 0.0, "again", 10.0)));
        HorizontalBarChart apart = BarChart.chart(PLOT, Map.of(Contender.GO, Map.of("first", 1000.0, "again", 10.0)));
        assertThat(alike.getStyler().isXAxisLogarithmic()).isFalse();
        assertThat(apart.getStyler().isXAxisLogarithmic()).isTrue();
        assertThat(apart.getXAxisTitle()).isEqualTo("ms, logarithmic scale");
    }

    @Test
    void tableWithMissingCellsIsDrawn() throws Exception {
        assumeThatCode(BarChart::requireFonts).doesNotThrowAnyException();
        Results results = new Results();
        String table = "Cold, large replica (51 files), 20 ms a request";
        results.add(table, "open to first row: ms", Contender.GO, 2500);
        results.add(table, "open to first row: ms", Contender.OURS, 0);
        results.add(table, "lookup by primary key: ms", Contender.GO, 60);
        results.add(table, "scan: whole table at that pace, s", Contender.DOWNLOAD, 0.2);
        List<Path> files = Plots.draw(MarkdownTables.parse(results.markdown()), folder);
        assertThat(files).containsExactly(folder.resolve("cold-20ms.svg"));
        String svg = Files.readString(files.getFirst());
        assertThat(svg).contains("<svg").doesNotContain("NaN", "Infinity");
        assertThat(count(svg, GO_COLOR)).as("two bars and the legend").isEqualTo(3);
        assertThat(count(svg, DOWNLOAD_COLOR)).as("one bar and the legend").isEqualTo(2);
    }

    @Test
    void sameNumbersGiveTheSamePicture() throws Exception {
        assumeThatCode(BarChart::requireFonts).doesNotThrowAnyException();
        Map<Contender, Map<String, Double>> series = Map.of(Contender.GO, Map.of("first", 1500.0, "again", 30.0));
        assertThat(BarChart.svg(PLOT, series)).isEqualTo(BarChart.svg(PLOT, series));
    }

    private static long count(String text, String part) {
        return Pattern.compile(part, Pattern.LITERAL).matcher(text).results().count();
    }
}
