package litestream4j.btree;

import static litestream4j.btree.KeyPages.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where an entry of an index has the key of a WITHOUT ROWID table, as SQL tells. */
class KeyPlacesTest {
    private static final int INDEX = 7;

    private final SchemaRoots schema = new SchemaRoots();

    /** Method: an asterisk stands for a column of the key in descending order. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            id TEXT PRIMARY KEY, c                            | c                        | 1      | 2
            id INT PRIMARY KEY DESC, c UNIQUE                 | c, d                     | 2*     | 3
            a, b, c, PRIMARY KEY (a, b)                       | c                        | 1 2    | 3
            a, b, c, PRIMARY KEY (a, b)                       | b                        | 1 0    | 2
            a, b, c, PRIMARY KEY (a, b DESC)                  | c, a                     | 1 2*   | 3
            a, b, c, PRIMARY KEY (b, a)                       | a, b DESC, c             | 1 0    | 3
            a, b, c, CONSTRAINT "key" PRIMARY KEY (b, a, b)   | c                        | 1 2    | 3
            a CHECK (a > (1, 2)), c, d, PRIMARY KEY(a)        | c ASC                    | 1      | 2
            [a b] TEXT NOT NULL PRIMARY KEY, "c"              | "c", `a b`               | 1      | 2
            a DEFAULT 'primary key', "B" PRIMARY KEY, c       | c, b                     | 1      | 2
            a DEFAULT 'it''s, (', b PRIMARY KEY, c            | c                        | 1      | 2
            a /* , PRIMARY KEY ( */, b PRIMARY KEY            | a                        | 1      | 2
            a PRIMARY KEY, c COLLATE NOCASE                   | c                        | 1      | 2
            a COLLATE NOCASE, PRIMARY KEY (a COLLATE BINARY)  | c                        | 1      | 2
            a PRIMARY KEY, c                                  | a COLLATE NOCASE, c      | 2      | 3
            a PRIMARY KEY, c                                  | a COLLATE "binary", c    | 0      | 2
            a PRIMARY KEY, c                                  | lower(a), a + 1, c       | 3      | 4
            """)
    void keyIsWhereTheIndexHasItElseBehindIt(String columns, String index, String places, int width) {
        read(columns, "CREATE INDEX i ON t (%s) WHERE c IN (1, 2)".formatted(index));
        assertThat(places(INDEX)).isEqualTo(places + " of " + width);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a PRIMARY KEY COLLATE NOCASE, c
            a COLLATE RTRIM, c, PRIMARY KEY (c, a)
            a, c, PRIMARY KEY (a COLLATE NOCASE)
            a, c
            """)
    void keysThatAreNotComparedByTheirBytesAreLeftAlone(String columns) {
        read(columns, "CREATE INDEX i ON t (c)");
        assertThat(schema.keyOf(INDEX)).isNull();
    }

    @Test
    void tablesWithRowidsHaveNone() {
        read(table("id INTEGER PRIMARY KEY, c /* WITHOUT ROWID */)"), "CREATE INDEX i ON t (c)", 3);
        assertThat(schema.keyOf(INDEX)).isNull();
        read(table("a PRIMARY KEY, c) WITHOUT ROWID, STRICT"), "CREATE INDEX i ON t (c)", 3);
        assertThat(places(INDEX)).isEqualTo("1 of 2");
        read(table("a PRIMARY KEY, c)"), "CREATE INDEX i ON t (c)", 3);
        assertThat(schema.keyOf(INDEX)).isNull();
    }

    @Test
    void indexesThatSqliteMadeByItselfFollowTheOrderOfTheKeys() {
        for (int i = 0; i < 2; i++) { // Read once more, it is the same.
            schema.read(
                    KeyPages.schema(List.of(
                            entry("table", "t", "t", 3, table("""
                                    a UNIQUE, b, c, UNIQUE (b, c), PRIMARY KEY (c, b), UNIQUE (c, b), UNIQUE (b, c))
                                    WITHOUT ROWID""")),
                            entry("index", "sqlite_autoindex_t_1", "t", 7, null),
                            entry("index", "sqlite_autoindex_t_2", "t", 8, null),
                            entry("index", "sqlite_autoindex_t_4", "t", 9, null))),
                    1);
        }
        assertThat(places(7)).isEqualTo("1 2 of 3");
        assertThat(places(8)).isEqualTo("1 0 of 2");
        assertThat(schema.keyOf(9)).isNull();
    }

    @Test
    void utf16IsReadAsWell() {
        String sql = table("a, b PRIMARY KEY) WITHOUT ROWID");
        schema.read(
                KeyPages.schema(List.of(
                        KeyPages.record(wide("table"), wide("t"), wide("t"), 3, wide(sql)),
                        KeyPages.record(wide("index"), wide("i"), wide("t"), 7, wide("CREATE INDEX i ON t(a)")))),
                1);
        assertThat(places(INDEX)).isEqualTo("1 of 2");
    }

    /** Goal: no text, however odd, makes it fail. */
    @Test
    void anyTextIsHarmless() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> words = List.of(
                "(",
                ")",
                ",",
                "primary",
                "key",
                "unique",
                "constraint",
                "collate",
                "desc",
                "a",
                "'",
                "\"",
                "[",
                "]",
                "--",
                "/*",
                "*/",
                "`",
                "''",
                "\n",
                "check",
                "without rowid",
                "\u00e9",
                ".");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sql = new StringBuilder("create table t");
            for (int k = random.nextInt(20); k > 0; k--) {
                sql.append(' ').append(words.get(random.nextInt(words.size())));
            }
            try {
                KeyPlaces.of(TableKeys.of(sql + ") without rowid").primary(), KeyColumn.ofIndex(sql.toString()));
            } catch (RuntimeException e) {
                throw new AssertionError("seed=%d: %s".formatted(seed, sql), e);
            }
        }
    }

    private static String wide(String ascii) {
        return new String(ascii.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
    }

    private static String table(String definition) {
        return "CREATE TABLE t (" + definition;
    }

    private void read(String columns, String index) {
        read(table(columns + ") WITHOUT ROWID"), index, 3);
    }

    private void read(String table, String index, int root) {
        schema.read(
                KeyPages.schema(List.of(entry("table", "t", "t", root, table), entry("index", "i", "t", INDEX, index))),
                1);
    }

    private String places(long index) {
        KeyPlaces places = schema.keyOf(index);
        return places == null
                ? "none"
                : places.key().stream()
                        .map(place -> place.column() + (place.isDescending() ? "*" : ""))
                        .collect(Collectors.joining(" ", "", " of " + places.columns()));
    }
}
