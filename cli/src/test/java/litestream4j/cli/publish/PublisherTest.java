package litestream4j.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import litestream4j.cli.Databases;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
    @TempDir
    Path folder;

    private Path database;
    private String url;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = Databases.create(
                folder.resolve("a.db"), "CREATE TABLE t(a)", "INSERT INTO t VALUES (zeroblob(20000)), ('x')");
        url = "file://" + folder.resolve("r");
    }

    @Test
    void firstPublicationHoldsAllPages() throws IOException {
        Publication.Added added = added(publish(database, url, false));
        assertThat(added.txid()).isEqualTo(new Txid(1));
        assertThat(added.pages()).isEqualTo(added.commit().pages());
        assertThat(files("ltx/0")).containsExactly("0000000000000001-0000000000000001.ltx");
    }

    @Test
    void nothingIsWrittenIfNothingChanged() throws IOException {
        publish(database, url, false);
        assertThat(publish(database, url, false)).isEqualTo(new Publication.Unchanged(new Txid(1)));
        assertThat(files("ltx/0")).hasSize(1);
    }

    @Test
    void incrementHoldsChangedPagesOnly() throws Exception {
        publish(database, url, false);
        execute("UPDATE t SET a = 'y' WHERE a = 'x'");
        Publication.Added added = added(publish(database, url, false));
        assertThat(added.txid()).isEqualTo(new Txid(2));
        assertThat(added.pages()).isEqualTo(2); // Page 1 with the change counter, and the row's.
    }

    @Test
    void timesAscendEvenIfTheClockStandsStill() throws Exception {
        Publication.Added first = added(publish(database, url, false));
        execute("UPDATE t SET a = 1");
        Publication.Added second = added(publish(database, url, false));
        assertThat(second.time()).isAfter(first.time());
    }

    @Test
    void snapshotIsAddedOnceWhereItIsWanted() throws Exception {
        publish(database, url, false);
        execute("INSERT INTO t VALUES (1)");
        Publication.Added snapshot = added(publish(database, url, true));
        assertThat(snapshot.level()).isEqualTo(Level.SNAPSHOT);
        assertThat(files("ltx/9")).containsExactly("0000000000000001-0000000000000002.ltx");
        assertThat(publish(database, url, true)).isInstanceOf(Publication.Unchanged.class);
        deleteFiles("r/ltx/0");
        assertReadsBack();
    }

    @Test
    void replicaOfSomeoneElseIsRefused() throws Exception {
        publish(database, url, false);
        Path other = Databases.create(folder.resolve("b.db"), "CREATE TABLE u(b)");
        assertRefused(other, "holds transactions up to 0000000000000001 that were not published from here");
    }

    @Test
    void replicaThatWentOnIsRefused() throws Exception {
        publish(database, url, false);
        Path l0 = folder.resolve("r/ltx/0");
        Files.copy(
                l0.resolve("0000000000000001-0000000000000001.ltx"),
                l0.resolve("0000000000000002-0000000000000002.ltx"));
        execute("INSERT INTO t VALUES (1)");
        assertRefused(database, "its newest transaction is 0000000000000002, but 0000000000000001 was published last");
        assertThat(files("ltx/0")).hasSize(2);
    }

    @Test
    void replicaThatBeganAnewIsRefused() throws Exception {
        publish(database, url, false);
        Path other = Databases.create(folder.resolve("b.db"), "CREATE TABLE u(b)", "INSERT INTO u VALUES ('z')");
        deleteFiles("r/ltx/0");
        assertRefused(database, "the replica is empty, but transaction 0000000000000001 was published to it");
        publish(other, url, false);
        assertRefused(database, "its transaction 0000000000000001 is not the one that was published from here");
    }

    @Test
    void replicaOfLitestream03IsRefused() throws IOException {
        Path snapshots = folder.resolve("r/generations/ae77adf786147ef8/snapshots");
        Files.createDirectories(snapshots);
        Files.write(snapshots.resolve("00000000.snapshot.lz4"), new byte[1]);
        assertRefused(database, "holds a replica of Litestream 0.3.x");
    }

    @Test
    void secondReplicaNeedsAStateOfItsOwn() throws IOException {
        publish(database, url, false);
        String second = "file://" + folder.resolve("r2");
        assertThatThrownBy(() -> publish(database, second, false))
                .isInstanceOf(PublishException.class)
                .hasMessageContaining("give each a file with --state");
        try (Publisher publisher =
                Publisher.of(database, folder.resolve("second"), ReplicaUrl.parse(second), Environment.EMPTY)) {
            assertThat(publisher.publish(false)).isInstanceOf(Publication.Added.class);
        }
    }

    @Test
    void changedPageSizeIsRefused() throws Exception {
        publish(database, url, false);
        execute("PRAGMA page_size = 8192", "VACUUM");
        assertRefused(database, "its page size changed from 4096 to 8192 bytes");
    }

    @Test
    void whatIsNoDatabaseIsRefused() throws IOException {
        assertRefused(folder.resolve("nothing.db"), "no such database file");
        Path text = Files.writeString(folder.resolve("text.db"), "not a database at all, ".repeat(50));
        assertRefused(text, "cannot be read");
        assertRefused(Files.createFile(folder.resolve("empty.db")), "the database is empty");
    }

    @Test
    void damagedStateIsRefused() throws IOException {
        publish(database, url, false);
        Path state = StateFile.beside(database);
        byte[] bytes = Files.readAllBytes(state);
        bytes[60] ^= 1;
        Files.write(state, bytes);
        assertRefused(database, "remove it and publish to an empty replica");
    }

    /** The run ended behind the write to the replica, and before its state took effect. */
    @Test
    void brokenOffRunIsCompletedByTheNext() throws Exception {
        publish(database, url, false);
        Path state = StateFile.beside(database);
        byte[] before = Files.readAllBytes(state);
        execute("INSERT INTO t VALUES (1)");
        publish(database, url, false);
        Files.move(state, Path.of(state + ".pending-0123456789abcdef"));
        Files.write(state, before);
        assertThat(publish(database, url, false)).isEqualTo(new Publication.Unchanged(new Txid(2)));
        assertThat(files(".")).containsExactlyInAnyOrder("a.db", "a.db-litestream4j", "r");
    }

    /** The run ended before the write to the replica. */
    @Test
    void brokenOffRunThatWroteNothingIsForgotten() throws Exception {
        publish(database, url, false);
        Path state = StateFile.beside(database);
        byte[] before = Files.readAllBytes(state);
        execute("INSERT INTO t VALUES (1)");
        publish(database, url, false);
        Files.move(state, Path.of(state + ".pending-0123456789abcdef"));
        Files.write(state, before);
        Files.delete(folder.resolve("r/ltx/0/0000000000000002-0000000000000002.ltx"));
        execute("INSERT INTO t VALUES (2)");
        assertThat(publish(database, url, false).txid()).isEqualTo(new Txid(2));
        publish(database, url, false);
        assertThat(files(".")).containsExactlyInAnyOrder("a.db", "a.db-litestream4j", "r");
        assertReadsBack();
    }

    @Test
    void nothingIsLeftInTheTemporaryFolder() throws IOException {
        List<String> before = temporaryFolders();
        publish(database, url, true);
        assertThat(temporaryFolders()).isEqualTo(before);
    }

    private static List<String> temporaryFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(Path::toString)
                    .filter(name -> name.contains("litestream4j-publish-"))
                    .sorted()
                    .toList();
        }
    }

    private static Publication publish(Path database, String url, boolean snapshot) throws IOException {
        try (Publisher publisher = Publisher.of(database, null, ReplicaUrl.parse(url), Environment.EMPTY)) {
            return publisher.publish(snapshot);
        }
    }

    private static Publication.Added added(Publication publication) {
        assertThat(publication).isInstanceOf(Publication.Added.class);
        return (Publication.Added) publication;
    }

    private void assertRefused(Path source, String part) {
        assertThatThrownBy(() -> publish(source, url, false))
                .isInstanceOf(PublishException.class)
                .hasMessageContaining(part)
                .hasMessageContaining("; ");
    }

    private void assertReadsBack() throws SQLException {
        try (Connection source = Databases.local(database);
                Connection replica = Databases.replica(url)) {
            assertThat(Databases.dump(replica)).isEqualTo(Databases.dump(source));
        }
    }

    private void execute(String... statements) throws SQLException {
        Path _ = Databases.create(database, statements);
    }

    private void deleteFiles(String name) throws IOException {
        List<Path> listed;
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            listed = files.toList();
        }
        for (Path file : listed) {
            Files.delete(file);
        }
    }

    /** Returns the names in a folder of the replica, or in this test's own. */
    private List<String> files(String name) throws IOException {
        Path path = name.equals(".") ? folder : folder.resolve("r").resolve(name);
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
