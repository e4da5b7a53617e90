package litestream4j.cli.publish;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import litestream4j.ltx.Commit;
import litestream4j.ltx.PageSize;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The pages of a database as they are at one moment, exactly as SQLite stores them, also while others write to it.
 *
 * <p>Database and WAL are copied while a read transaction is open. In rollback mode its lock keeps writers out of the
 * file. In WAL mode a checkpoint may move frames into the file meanwhile, but only such as the transaction sees, and
 * these are in the copied WAL too; frames appended meanwhile are whole transactions or cut off by their checksums. What
 * must not happen is that the WAL starts anew in the middle of the copy, which its header shows; then it is copied
 * again. SQLite then moves the copied WAL into the copied file.
 *
 * <p>Neither {@code VACUUM INTO} nor the backup API would do: the first moves every page, the second writes a schema
 * version of its own into page 1, by which readers would miss that the schema changed.
 */
final class DatabaseCopy implements AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;
    private static final int WAL_HEADER_BYTES = 32;
    private static final int ATTEMPTS = 10;

    private final FileChannel file;
    private final PageSize pageSize;
    private final Commit commit;

    private DatabaseCopy(FileChannel file, PageSize pageSize, Commit commit) {
        this.file = file;
        this.pageSize = pageSize;
        this.commit = commit;
    }

    /**
     * Copies a database.
     *
     * @param folder for the copy, which is left there
     * @throws PublishException if it cannot be read, is locked, or is no database
     */
    static DatabaseCopy take(Path database, TemporaryFolder folder) throws IOException {
        if (!Files.isRegularFile(database)) {
            throw new PublishException(database + ": no such database file; check the path");
        }
        Path copy = folder.resolve("copy.db");
        try {
            copyInTransaction(database, copy, folder.resolve("copy.db-wal"));
            return open(copy);
        } catch (SQLException e) {
            throw new PublishException(
                    "%s: cannot be read: %s; check that it is a SQLite database and not locked"
                            .formatted(database, e.getMessage()),
                    e);
        }
    }

    PageSize pageSize() {
        return pageSize;
    }

    Commit commit() {
        return commit;
    }

    /**
     * Reads a page.
     *
     * @param page takes it; shape: [pageSize] bytes
     */
    void page(long pgno, byte[] page) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(page);
        long offset = pageSize.offsetOf(pgno);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException(
                        "page %d of %d is missing in the copy of the database".formatted(pgno, commit.pages()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static void copyInTransaction(Path database, Path copy, Path walCopy) throws SQLException, IOException {
        FileChannel source = FileChannel.open(database, StandardOpenOption.READ);
        // Closed after the connection: closing any handle of a file ends all locks that this process has on it.
        try (source) {
            try (Connection connection = connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
                    rows.next();
                }
                Path wal = Path.of(database + "-wal");
                for (int attempt = 1; ; attempt++) {
                    Optional<byte[]> header = walHeader(wal);
                    Files.deleteIfExists(walCopy);
                    if (header.isPresent()) {
                        copyWal(wal, walCopy);
                    }
                    copy(source, copy);
                    if (isSame(header, walHeader(wal))) {
                        break;
                    }
                    if (attempt == ATTEMPTS) {
                        throw new PublishException(
                                "%s: is written to faster than it can be copied; try again later".formatted(database));
                    }
                }
                statement.execute("COMMIT");
            }
        }
    }

    private static boolean isSame(Optional<byte[]> one, Optional<byte[]> other) {
        return Arrays.equals(one.orElse(null), other.orElse(null));
    }

    private static Connection connect(Path database) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        // Not read-only: after a crash of the writer SQLite must be able to roll back. Nothing else is written.
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(BUSY_MILLIS);
        return JDBC.createConnection("jdbc:sqlite:" + database, config.toProperties());
    }

    /** Returns the header of the WAL; empty if there is none, or it holds nothing. */
    private static Optional<byte[]> walHeader(Path wal) throws IOException {
        try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(WAL_HEADER_BYTES);
            while (header.hasRemaining()) {
                if (channel.read(header, header.position()) < 0) {
                    return Optional.empty();
                }
            }
            return Optional.of(header.array());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static void copyWal(Path wal, Path copy) throws IOException {
        try (FileChannel source = FileChannel.open(wal, StandardOpenOption.READ)) {
            copy(source, copy);
        }
    }

    private static void copy(FileChannel source, Path copy) throws IOException {
        try (FileChannel target = FileChannel.open(
                copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long size = source.size();
            long copied = 0;
            while (copied < size) {
                long moved = source.transferTo(copied, size - copied, target);
                if (moved <= 0) {
                    return; // Truncated meanwhile: a checkpoint cut off pages that no transaction sees.
                }
                copied += moved;
            }
        }
    }

    private static DatabaseCopy open(Path copy) throws SQLException, IOException {
        @Nullable PageSize pageSize;
        Commit commit;
        try (Connection connection = connect(copy);
                Statement statement = connection.createStatement()) {
            // Does nothing in rollback mode.
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            pageSize = new PageSize((int) number(statement, "PRAGMA page_size"));
            commit = new Commit(number(statement, "PRAGMA page_count"));
        }
        return new DatabaseCopy(FileChannel.open(copy, StandardOpenOption.READ), pageSize, commit);
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
