package litestream4j.cli.diff;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import litestream4j.cli.Databases;
import org.jspecify.annotations.Nullable;

/** Tables of every kind that a comparison has to tell apart, and random changes to rows and definitions. */
final class RandomTables {
    /** A table and the columns that are written to. */
    private record Shape(String name, List<String> columns) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("plain", List.of("id", "a", "b")),
            new Shape("without", List.of("k", "n", "v")),
            new Shape("\"odd \"\" name\"", List.of("\"select\"", "\"a'b\"")),
            new Shape("folded", List.of("k", "v")),
            new Shape("nullable", List.of("k", "v")),
            new Shape("hidden", List.of("rowid", "oid", "_rowid_")),
            new Shape("uniq", List.of("a", "b")),
            new Shape("reals", List.of("id", "r")),
            new Shape("generated", List.of("id", "a")),
            new Shape("child", List.of("id", "parent")),
            new Shape("counted", List.of("v")));

    private static final String[] TABLES = {
        "CREATE TABLE plain(id INTEGER PRIMARY KEY, a, b TEXT)",
        "CREATE TABLE without(k, n INT, v, PRIMARY KEY(k, n)) WITHOUT ROWID",
        "CREATE TABLE \"odd \"\" name\"(\"select\", \"a'b\" BLOB)",
        "CREATE TABLE folded(k TEXT COLLATE NOCASE PRIMARY KEY, v)",
        "CREATE TABLE nullable(k TEXT PRIMARY KEY, v)",
        "CREATE TABLE hidden(rowid, oid, _rowid_)",
        "CREATE TABLE uniq(a UNIQUE, b)",
        "CREATE TABLE reals(id INTEGER PRIMARY KEY, r REAL)",
        "CREATE TABLE generated(id INTEGER PRIMARY KEY, a, g AS (a || 'x') STORED, h AS (length(a)))",
        "CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES plain(id) ON DELETE CASCADE)",
        "CREATE TABLE counted(n INTEGER PRIMARY KEY AUTOINCREMENT, v)",
        "CREATE UNIQUE INDEX uniq_b ON uniq(b) WHERE typeof(b) = 'integer'",
        "CREATE TABLE log(line)",
        "CREATE TRIGGER note AFTER DELETE ON plain BEGIN INSERT INTO log VALUES ('gone ' || old.id); END",
        "CREATE TRIGGER also AFTER INSERT ON plain BEGIN INSERT INTO log VALUES ('come; ' || new.id); END",
        "CREATE VIRTUAL TABLE words USING fts5(w)"
    };

    private final Connection connection;
    private final Random random;

    RandomTables(Connection connection, Random random) throws SQLException {
        this.connection = connection;
        this.random = random;
        Databases.execute(connection, "PRAGMA encoding = '%s'".formatted(random.nextInt(3) == 0 ? "UTF-16" : "UTF-8"));
        Databases.execute(connection, TABLES);
        for (int i = 0; i < 40; i++) {
            insert(SHAPES.get(random.nextInt(SHAPES.size())));
        }
    }

    /** Changes some rows, and now and then definitions. */
    void step() throws SQLException {
        for (int i = random.nextInt(25); i >= 0; i--) {
            Shape shape = SHAPES.get(random.nextInt(SHAPES.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> insert(shape);
                case 4, 5, 6, 7 -> update(shape);
                case 8, 9 -> attempt("DELETE FROM %s WHERE abs(random()) %% 4 = 0".formatted(shape.name));
                case 10 -> attempt("INSERT INTO words VALUES ('w%d x')".formatted(random.nextInt(9)));
                default -> define();
            }
        }
    }

    private void define() throws SQLException {
        switch (random.nextInt(9)) {
            case 0 -> attempt("ALTER TABLE plain ADD COLUMN c%d DEFAULT 'd;'''".formatted(random.nextInt(1000)));
            case 1 -> attempt("DROP TABLE IF EXISTS extra");
            case 2 ->
                attempt(
                        "CREATE TABLE IF NOT EXISTS extra(x PRIMARY KEY, y)",
                        "INSERT INTO extra SELECT id, a FROM plain");
            case 3 -> attempt("CREATE INDEX IF NOT EXISTS plain_a ON plain(a)");
            case 4 -> attempt("DROP INDEX IF EXISTS plain_a");
            case 5 -> attempt("CREATE VIEW IF NOT EXISTS seen AS SELECT id FROM plain");
            case 6 -> attempt("DROP TRIGGER IF EXISTS also");
            case 7 -> attempt("VACUUM");
            default -> attempt("PRAGMA user_version = " + random.nextInt(100));
        }
    }

    private void insert(Shape shape) throws SQLException {
        String marks = shape.columns.stream().map(_ -> "?").collect(Collectors.joining(", "));
        run(
                "INSERT OR IGNORE INTO %s(%s) VALUES (%s)"
                        .formatted(shape.name, String.join(", ", shape.columns), marks),
                IntStream.range(0, shape.columns.size())
                        .mapToObj(i -> shape.columns.get(i).equals("id") ? (Object) (long) random.nextInt(60) : value())
                        .toArray());
    }

    private void update(Shape shape) throws SQLException {
        String column = shape.columns.get(random.nextInt(shape.columns.size()));
        if (!column.equals("id")) {
            run("UPDATE OR IGNORE %s SET %s = ? WHERE abs(random()) %% 3 = 0".formatted(shape.name, column), value());
        }
        if (random.nextBoolean()) {
            // Neighbours swap values, as no row-by-row update could do it.
            attempt("UPDATE OR IGNORE uniq SET b = 10 - b WHERE typeof(b) = 'integer' AND b BETWEEN 0 AND 10");
        }
    }

    private @Nullable Object value() {
        return switch (random.nextInt(14)) {
            case 0 -> null;
            case 1, 2 -> (long) random.nextInt(10);
            case 3 -> random.nextLong();
            case 4 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
            case 5 -> (double) random.nextInt(10);
            case 6 -> Double.longBitsToDouble(random.nextLong());
            case 7 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.MIN_VALUE;
            case 8 -> "it's \"a\"; -- test\n" + random.nextInt(5);
            case 9 -> "A".repeat(random.nextInt(3)) + "ünï 漢 😀" + (char) ('a' + random.nextInt(3));
            case 10 -> random.nextBoolean() ? "" : "nul\0inside" + random.nextInt(3);
            case 11 -> random.nextBoolean() ? "key" : "KEY";
            case 12 -> random.nextBoolean() ? new byte[0] : new byte[] {0, (byte) random.nextInt(256), (byte) 0xFF};
            default -> "é" + random.nextInt(50);
        };
    }

    private void run(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
        if (random.nextInt(20) == 0 && Arrays.stream(values).anyMatch(String.class::isInstance)) {
            byte[] odd = {(byte) 0xC3, 0x28, (byte) 0xFF, 0x41};
            try (PreparedStatement statement =
                    connection.prepareStatement("INSERT OR IGNORE INTO plain(a) VALUES (CAST(? AS TEXT))")) {
                statement.setBytes(1, random.nextBoolean() ? odd : "x\0y".getBytes(StandardCharsets.UTF_8));
                statement.execute();
            }
        }
    }

    /** A change that a constraint forbids is left out. */
    private void attempt(String... statements) throws SQLException {
        try {
            Databases.execute(connection, statements);
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("CONSTRAINT")) {
                throw e;
            }
        }
    }
}
