package litestream4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import litestream4j.testkit.GoldenFolder;
import org.sqlite.JDBC;

/** What the sample replicas hold, by the list that came with them. */
final class GoldenStates {
    static final List<String> SAMPLES = List.of(
            "real-0.5.17",
            "synthetic-frame-4096",
            "synthetic-frame-512-checksums",
            "synthetic-frame-random",
            "synthetic-block-1024-checksums",
            "synthetic-block-65536-checksums",
            "synthetic-levels");

    static final List<String> DAEMONS = List.of("daemon-512", "daemon-4096-autovacuum", "daemon-65536");

    private GoldenStates() {}

    /** A state that can be reached, and the SHA-256 of its database file. */
    record State(String txid, String sha256) {}

    /** Returns the states of a sample, or ends the calling test as skipped. */
    static List<State> of(String sample) throws IOException, SQLException {
        return query(
                GoldenFolder.orSkip("expected.json"),
                "SELECT value->>'txid', value->>'sha256' FROM json_each(?, '$.\"%s\".states') ORDER BY 1"
                        .formatted(sample));
    }

    /** Returns those points of a daemon's history that are known and can still be reached by transaction. */
    static List<State> reachable(String daemon) throws IOException, SQLException {
        return query(
                GoldenFolder.orSkip(daemon).resolve("expected.json"),
                "SELECT printf('%016x', key), p.value->>'image_sha256' FROM json_each(?1, '$.points') p"
                        + " WHERE CAST(p.key AS INTEGER) IN"
                        + " (SELECT value FROM json_each(?1, '$.reachable_by_txid_from_ltx')) ORDER BY 1");
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<State> query(Path json, String sql) throws IOException, SQLException {
        List<State> states = new ArrayList<>();
        try (Connection connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties());
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, Files.readString(json));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    states.add(new State(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return states;
    }
}
