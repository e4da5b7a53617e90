package litestream4j.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table for people. The first rows decide the widths of the columns; a later, wider value only moves the rest of its
 * own line, so that a result of any length is written as it comes.
 */
final class TableSink implements RowSink {
    /** Rows looked at before the first is written: some screens full. */
    private static final int SAMPLE_ROWS = 200;

    private final Writer out;
    private final boolean countsRows;
    private final List<Cell[]> sample = new ArrayList<>();
    private Cell[] head = {};
    private int[] widths = {};
    private boolean sampling;
    private long rows;

    TableSink(Writer out, boolean countsRows) {
        this.out = out;
        this.countsRows = countsRows;
    }

    @Override
    public void begin(List<String> columns) {
        head = columns.stream().map(Cell::of).toArray(Cell[]::new);
        widths = Arrays.stream(head).mapToInt(Cell::columns).toArray();
        sample.clear();
        sampling = true;
        rows = 0;
    }

    @Override
    public void row(@Nullable Object[] values) throws IOException {
        Cell[] cells = Arrays.stream(values).map(Cell::of).toArray(Cell[]::new);
        rows++;
        if (!sampling) {
            line(cells, " | ");
            return;
        }
        sample.add(cells);
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].columns());
        }
        if (sample.size() == SAMPLE_ROWS) {
            writeSample();
        }
    }

    @Override
    public void end() throws IOException {
        if (sampling) {
            writeSample();
        }
        if (countsRows) {
            out.write(rows == 1 ? "(1 row)\n" : "(%d rows)\n".formatted(rows));
        }
    }

    private void writeSample() throws IOException {
        line(head, " | ");
        line(Arrays.stream(widths).mapToObj("-"::repeat).map(Cell::of).toArray(Cell[]::new), "-+-");
        for (Cell[] cells : sample) {
            line(cells, " | ");
        }
        sample.clear();
        sampling = false;
    }

    private void line(Cell[] cells, String between) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(i == 0 ? "" : between).append(cells[i].padded(widths[i]));
        }
        out.write(line.toString().stripTrailing());
        out.write('\n');
    }
}
