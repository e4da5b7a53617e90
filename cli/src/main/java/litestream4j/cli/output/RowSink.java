package litestream4j.cli.output;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of one result after the other. Each result is {@link #begin}, any number of {@link #row}, then
 * {@link #end}; a result that breaks off has no end. Used by one thread at a time.
 */
public interface RowSink {
    /** Begins a result. */
    void begin(List<String> columns) throws IOException;

    /**
     * Takes a row.
     *
     * @param values one for each column: null, a Number, a String or a byte[]; not kept
     */
    void row(@Nullable Object[] values) throws IOException;

    /** Ends a result. */
    void end() throws IOException;
}
