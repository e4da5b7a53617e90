package litestream4j.bench;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.HorizontalBarSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.HorizontalBarStyler;
import org.knowm.xchart.style.Styler;

/**
 * A plot as bars with their numbers beside them, as SVG. Where numbers differ much the scale is logarithmic, and says
 * so; a zero has no bar there.
 */
final class BarChart {
    /** From there on the shorter bars of a linear scale cannot be told apart. */
    private static final double RATIO_FOR_LOGARITHMS = 20;

    /** How far a logarithmic axis goes below the least number, so that this has a bar as well. */
    private static final double BELOW = 3;

    private static final int WIDTH = 900;
    private static final int BAR_HEIGHT = 17;
    private static final int FRAME_HEIGHT = 150;
    private static final double BARS_OF_GROUP = 0.82;

    /** Just beyond the end of the bar. */
    private static final double LABEL_POSITION = 1.05;

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Color INK = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);

    /** Less than a tenth of a pixel cannot be seen, and longer numbers make a file twice as large. */
    private static final Pattern LONG_FRACTION = Pattern.compile("(\\d+\\.\\d)\\d+");

    private BarChart() {}

    /**
     * Makes sure that text can be drawn.
     *
     * @throws IllegalStateException if this system has no fonts
     */
    static void requireFonts() {
        try {
            new TextLayout("a", FONT, new FontRenderContext(null, true, false));
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new IllegalStateException(
                    "plots need fonts, and Java finds none: install some (Debian: fontconfig, fonts-dejavu-core)", e);
        }
    }

    /** Returns the picture. */
    static String svg(Plot plot, Map<Contender, Map<String, Double>> series) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HorizontalBarChart chart = chart(plot, series);
        VectorGraphics2D graphics = new Unclipped();
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        PageSize page = new PageSize(0, 0, chart.getWidth(), chart.getHeight());
        new SVGProcessor().getDocument(graphics.getCommands(), page).writeTo(out);
        return LONG_FRACTION.matcher(out.toString(StandardCharsets.UTF_8)).replaceAll("$1");
    }

    /**
     * Returns the chart.
     *
     * @param series by contender and by label of the plot's rows; labels without any number are left out
     */
    static HorizontalBarChart chart(Plot plot, Map<Contender, Map<String, Double>> series) {
        List<String> labels = plot.rows().stream()
                .map(Plot.Row::label)
                .filter(label -> series.values().stream().anyMatch(numbers -> numbers.containsKey(label)))
                .toList();
        DoubleSummaryStatistics positive = series.values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .mapToDouble(Double::doubleValue)
                .filter(number -> number > 0)
                .summaryStatistics();
        double ratio = positive.getMax() / positive.getMin();
        boolean logarithmic = positive.getCount() > 0 && ratio > RATIO_FOR_LOGARITHMS;
        HorizontalBarChart chart = new HorizontalBarChartBuilder()
                .width(WIDTH)
                .height(FRAME_HEIGHT + (int) (labels.size() * series.size() * BAR_HEIGHT / BARS_OF_GROUP))
                .title(plot.title() + (plot.better() == Plot.Better.LOWER ? ": lower is better" : ": higher is better"))
                .xAxisTitle(plot.unit() + (logarithmic ? ", logarithmic scale" : ""))
                .build();
        style(chart.getStyler());
        // More than there are, or else XChart leaves out labels of low groups. It means the other axis.
        chart.getStyler().setXAxisMaxLabelCount(labels.size() + 1);
        if (logarithmic) {
            chart.getStyler()
                    .setXAxisLogarithmic(true)
                    .setXAxisMin(positive.getMin() / BELOW)
                    .setXAxisMax(positive.getMax() * Math.pow(ratio, 0.15));
        } else {
            chart.getStyler().setXAxisMin(0.0).setXAxisMax(positive.getMax() * 1.12);
        }
        series.forEach((contender, numbers) -> {
            List<@Nullable Double> values = new ArrayList<>();
            for (String label : labels) {
                Double number = numbers.get(label);
                values.add(number == null || (logarithmic && number <= 0) ? null : number);
            }
            // XChart takes the type of a series from its first number, which may be missing.
            HorizontalBarSeries bars =
                    chart.addSeries(contender.title, Collections.nCopies(labels.size(), 1.0), labels);
            bars.replaceData(values, labels);
            bars.setFillColor(color(contender));
        });
        return chart;
    }

    private static void style(HorizontalBarStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setChartPadding(14)
                .setChartTitleFont(FONT.deriveFont(Font.BOLD, 16f))
                .setChartTitleBoxVisible(false)
                .setChartTitlePadding(12)
                .setPlotBorderVisible(false)
                .setPlotBackgroundColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPadding(14)
                .setLegendFont(FONT);
        styler.setLabelsVisible(true)
                .setLabelsPosition(LABEL_POSITION)
                .setLabelsFont(FONT.deriveFont(11f))
                .setLabelsFontColor(INK)
                .setLabelsFontColorAutomaticEnabled(false)
                .setAvailableSpaceFill(BARS_OF_GROUP);
        styler.setPlotGridHorizontalLinesVisible(false)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setAxisTickLabelsFont(FONT)
                .setAxisTitleFont(FONT)
                .setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false)
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right)
                .setAxisTickLabelsColor(INK)
                .setXAxisTickLabelsFormattingFunction(Results::number);
    }

    /** Nothing leaves the plot, so that clips, one for each number, would only make the file larger. */
    private static final class Unclipped extends VectorGraphics2D {
        @Override
        public void clip(Shape shape) {}

        @Override
        public void setClip(Shape shape) {}
    }

    /** Returns a colour of the palette of Okabe and Ito, which the colour-blind can tell apart. */
    private static Color color(Contender contender) {
        return switch (contender) {
            case GO -> new Color(0xe6, 0x9f, 0x00);
            case OURS -> new Color(0x00, 0x72, 0xb2);
            case OURS_JDBC -> new Color(0x56, 0xb4, 0xe9);
            case OURS_WARM -> new Color(0x00, 0x9e, 0x73);
            case PLAIN -> new Color(0x66, 0x66, 0x66);
            case PLAIN_JDBC -> new Color(0xaa, 0xaa, 0xaa);
            case DOWNLOAD, JDK_HTTP -> new Color(0xcc, 0x79, 0xa7);
        };
    }
}
