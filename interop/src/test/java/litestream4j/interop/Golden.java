package litestream4j.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.Assumptions;

/**
 * The sample replicas and what SQL must show of them. Their folder is named by the system property
 * {@code litestream4j.golden} or the variable {@code LITESTREAM4J_GOLDEN}, else it is {@code shared/golden} in or next
 * to the project. Tests are skipped, and say so, where it is not found.
 */
record Golden(Path root) {
    /** Finds the samples, or ends the calling test as skipped. */
    static Golden orSkip() {
        String named = System.getProperty("litestream4j.golden", System.getenv("LITESTREAM4J_GOLDEN"));
        Stream<Path> candidates = named != null
                ? Stream.of(Path.of(named))
                : Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                        .map(path -> path.resolve("shared/golden"));
        Optional<Path> root = candidates
                .filter(path -> Files.isRegularFile(path.resolve("expected.json")))
                .findFirst();
        if (root.isEmpty()) {
            String line = "SKIPPED: no sample replicas; name their folder with -Dlitestream4j.golden=<folder>";
            System.err.println(line);
            Assumptions.abort(line);
        }
        return new Golden(root.orElseThrow());
    }

    /** The whole database after a transaction, as far as the samples say. */
    record State(Txid txid, long pages, String table, long rows) {}

    /** The database of a daemon's replica at one point of history. */
    record Point(Txid txid, long pages, String dumpSha256, long rowsInA, long sumInBank) {}

    /** Returns the states of a sample that can be reached, oldest first; a line for each table, none for no table. */
    List<State> states(String sample) {
        return query(
                root.resolve("expected.json"),
                """
                SELECT state.value->>'txid', state.value->>'pageCount', counted.key, counted.value
                FROM json_each(?, '$."%s".states') AS state, json_each(state.value, '$.tables') AS counted
                ORDER BY 1
                """.formatted(sample),
                row -> new State(txid(row.getString(1)), row.getLong(2), row.getString(3), row.getLong(4)));
    }

    /** Returns the known points of a daemon's history, oldest first. */
    List<Point> points(String daemon) {
        return query(
                root.resolve(daemon).resolve("expected.json"),
                """
                SELECT CAST(key AS INTEGER), value->>'pages', value->>'dump_sha256', value->>'rows_in_a',
                       value->>'sum_bal_in_bank'
                FROM json_each(?, '$.points') ORDER BY 1
                """,
                row -> new Point(
                        new Txid(row.getLong(1)), row.getLong(2), row.getString(3), row.getLong(4), row.getLong(5)));
    }

    /** Returns the transactions of a daemon's history that its last state still reaches, oldest first. */
    List<Txid> reachable(String daemon) {
        return query(
                root.resolve(daemon).resolve("expected.json"),
                "SELECT value FROM json_each(?, '$.reachable_by_txid_from_ltx') ORDER BY 1",
                row -> new Txid(row.getLong(1)));
    }

    /** A file of a replica with the time in its header. */
    record StampedFile(Path path, Instant time) {
        LtxFileName name() {
            return LtxFileName.parse(path.getFileName().toString()).orElseThrow();
        }

        /** Copies it, with the time that it had in the primary's replica. */
        void copyTo(Path target) throws IOException {
            Files.createDirectories(target.getParent());
            // As the primary does it: a reader never sees a half of a file.
            Path partial = target.resolveSibling(target.getFileName() + ".tmp");
            Files.copy(path, partial);
            Files.setLastModifiedTime(partial, FileTime.from(time));
            Files.move(partial, target);
        }
    }

    /** Returns the LTX files below a folder of the samples, by their paths. */
    List<StampedFile> files(String folder) throws IOException {
        try (Stream<Path> paths = Files.walk(root.resolve(folder))) {
            return paths.filter(path -> path.toString().endsWith(".ltx"))
                    .sorted()
                    .map(Golden::stamped)
                    .toList();
        }
    }

    /** Copies a sample's replica, and gives each file its time back, which version control has lost. */
    void copyTo(String sample, Path target) throws IOException {
        for (StampedFile file : files(sample + "/ltx")) {
            file.copyTo(target.resolve(root.resolve(sample).relativize(file.path())));
        }
    }

    private static StampedFile stamped(Path path) {
        try {
            byte[] content = Files.readAllBytes(path);
            return new StampedFile(
                    path, LtxHeader.parse(path.toString(), content, 0).timestamp());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Txid txid(String hex) {
        return Txid.parse(hex).orElseThrow();
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Asks SQLite about a JSON file, which is the statement's parameter. */
    private static <T> List<T> query(Path file, String sql, RowReader<T> reader) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Files.readString(file));
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return List.copyOf(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new AssertionError(file + ": " + sql, e);
        }
    }
}
