package litestream4j.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * A replica with one snapshot that is too large to be fetched whole, so that its pages are read when they are needed:
 * table {@code t(id, b)} with 1000 rows of 2000 random bytes.
 */
public final class LargeReplica {
    /** Where the snapshot lies in the replica's folder. */
    public static final Path SNAPSHOT =
            Path.of("ltx/0", LtxFileName.of(new Txid(1)).toString());

    /** What {@code SELECT sum(length(b)) FROM t} returns. */
    public static final String SUM_OF_LENGTHS = "2000000";

    private static final int PAGE_BYTES = 4096;

    private LargeReplica() {}

    /** Writes it into a folder, which is created if it is missing. Returns the file. */
    public static Path publish(Path replica) throws IOException {
        Path database = Files.createTempFile("large-", ".db");
        try {
            fill(database);
            publish(database, replica);
            return replica.resolve(SNAPSHOT);
        } finally {
            Files.delete(database);
        }
    }

    /**
     * Writes a database into a replica's folder as its first transaction.
     *
     * @param database a closed SQLite file with pages of 4096 bytes
     */
    public static void publish(Path database, Path replica) throws IOException {
        Path file = replica.resolve(SNAPSHOT);
        Files.createDirectories(file.getParent());
        write(Files.readAllBytes(database), file);
    }

    private static void fill(Path database) throws IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = " + PAGE_BYTES);
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)");
            statement.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    + " INSERT INTO t SELECT i, randomblob(2000) FROM n");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static void write(byte[] database, Path file) throws IOException {
        int pages = database.length / PAGE_BYTES;
        Txid txid = new Txid(1);
        LtxHeader header = LtxHeader.noChecksum(
                new PageSize(PAGE_BYTES),
                new Commit(pages),
                txid,
                txid,
                Instant.now().toEpochMilli());
        try (OutputStream out = Files.newOutputStream(file)) {
            LtxWriter writer = new LtxWriter(out, header);
            for (int i = 0; i < pages; i++) {
                writer.page(i + 1, Arrays.copyOfRange(database, i * PAGE_BYTES, (i + 1) * PAGE_BYTES));
            }
            writer.finish(0);
        }
    }
}
