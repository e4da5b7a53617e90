package litestream4j.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowSinkTest {
    private final StringWriter out = new StringWriter();

    @Test
    void tableIsAlignedByTheWidthsThatATerminalShows() throws IOException {
        write(OutputFormat.TABLE, List.of("n", "name"), row(1, "e\u0301"), row(100, "漢字"), row(null, "plain"));
        assertThat(out).hasToString("""
                n    | name
                -----+------
                   1 | e\u0301
                 100 | 漢字
                NULL | plain
                (3 rows)
                """);
    }

    @Test
    void wideCharactersTakeTwoColumnsOfATable() throws IOException {
        write(OutputFormat.TABLE, List.of("a", "b"), row("漢", "x"), row("ab", "x"), row("e\u0301", "x"));
        assertThat(out.toString().lines().skip(2).toList())
                .containsExactly("漢 | x", "ab | x", "e\u0301  | x", "(3 rows)");
    }

    @Test
    void tableHoldsNothingThatATerminalObeys() throws IOException {
        write(OutputFormat.TABLE, List.of("a"), row("x\u001b[2Jy\nz\u202e"));
        assertThat(out).hasToString("""
                a
                -------------------------
                x\\u{1b}[2Jy\\nz\\u{202e}
                (1 row)
                """.replace(
                        "-------------------------", "-".repeat("x\\u{1b}[2Jy\\nz\\u{202e}".length())));
    }

    @Test
    void longBlobsAreShortenedInTables() throws IOException {
        write(OutputFormat.TABLE, List.of("b"), row(new byte[] {0, (byte) 0xFF}), row(new byte[17]));
        assertThat(out.toString()).contains("x'00ff'\n").contains("x'00000000000000000000000000000000..' (17 bytes)\n");
    }

    @Test
    void rowsBehindTheSampleAreWrittenAtOnce() throws IOException {
        RowSink sink = OutputFormat.TABLE.sink(out);
        sink.begin(List.of("n"));
        for (int i = 0; i < 1000; i++) {
            sink.row(row(i));
        }
        assertThat(out.toString().lines()).hasSize(1002);
        sink.end();
        assertThat(out.toString()).endsWith("999\n(1000 rows)\n");
    }

    @Test
    void resultWithoutRowsShowsItsColumns() throws IOException {
        write(OutputFormat.TABLE, List.of("a", "b"));
        write(OutputFormat.CSV, List.of("a", "b"));
        write(OutputFormat.JSON, List.of("a", "b"));
        assertThat(out).hasToString("a | b\n--+--\n(0 rows)\na,b\n[]\n");
    }

    @Test
    void csvTellsNullFromEmptyText() throws IOException {
        write(
                OutputFormat.CSV,
                List.of("a", "b,c"),
                row(null, ""),
                row("say \"hi\"\n", 2.5),
                row(new byte[] {1}, " x"));
        assertThat(out).hasToString("a,\"b,c\"\n,\"\"\n\"say \"\"hi\"\"\n\",2.5\nx'01',\" x\"\n");
    }

    @Test
    void jsonKeepsTypesAndMakesNamesUnique() throws IOException {
        write(
                OutputFormat.JSON,
                List.of("a", "a", "b\""),
                row(Long.MAX_VALUE, 1e300, null),
                row("\u0001\ud83d\ude00\ud83d", Double.POSITIVE_INFINITY, new byte[] {(byte) 0xAB}));
        assertThat(out).hasToString("""
                [{"a":9223372036854775807,"a:1":1.0E300,"b\\"":null},
                {"a":"\\u0001\ud83d\ude00\\ud83d","a:1":9.0e+999,"b\\"":"ab"}]
                """);
    }

    private static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }

    private void write(OutputFormat format, List<String> columns, @Nullable Object[]... rows) throws IOException {
        RowSink sink = format.sink(out);
        sink.begin(columns);
        for (@Nullable Object[] row : rows) {
            sink.row(row);
        }
        sink.end();
    }
}
