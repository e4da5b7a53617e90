package litestream4j.sqlite;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import litestream4j.engine.Reader;
import litestream4j.engine.ReplicaFiles;
import litestream4j.ltx.LtxHeader;

/**
 * The rows of the table {@code litestream_history}, by the numbers that history.c knows. One for each open database;
 * a history is held from the begin to the end of the statement that reads it.
 */
final class HistoryTable {
    /** Always three fraction digits: times are compared as text in SQL. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Reader reader;
    private final Map<Integer, ReplicaFiles> open = new ConcurrentHashMap<>();
    private int last;

    HistoryTable(Reader reader) {
        this.reader = reader;
    }

    /** Lists the replica; returns the number of the history in the high half, the number of rows in the low one. */
    Reply.Whole begin() throws IOException {
        ReplicaFiles files = reader.files();
        int number = ++last;
        open.put(number, files);
        return new Reply.Whole((long) number << Integer.SIZE | files.size());
    }

    void end(long number) {
        open.remove((int) number);
    }

    /** Answers one cell, in the order of the columns in history.c. */
    Reply cell(long number, int row, int column) throws IOException {
        ReplicaFiles files = open.get((int) number);
        if (files == null) {
            throw new IllegalStateException("no history of number " + number);
        }
        return switch (column) {
            case 0 -> new Reply.Whole(files.file(row).level().number());
            case 1 -> new Reply.Text(files.file(row).min().toString());
            case 2 -> new Reply.Text(files.file(row).max().toString());
            case 3 -> ofHeader(files, row, header -> new Reply.Text(TIME.format(header.timestamp())));
            case 4 -> pages(files, row);
            case 5 -> new Reply.Whole(files.file(row).size());
            case 6 ->
                ofHeader(files, row, header -> new Reply.Whole(header.commit().pages()));
            case 7 -> new Reply.Whole(files.isReachable(row) ? 1 : 0);
            default -> throw new IllegalStateException("no column of number " + column);
        };
    }

    private static Reply ofHeader(ReplicaFiles files, int row, Function<LtxHeader, Reply> fact) throws IOException {
        return files.header(row).map(fact).orElse(Reply.NOTHING);
    }

    private static Reply pages(ReplicaFiles files, int row) throws IOException {
        OptionalInt pages = files.pages(row);
        return pages.isPresent() ? new Reply.Whole(pages.getAsInt()) : Reply.NOTHING;
    }
}
