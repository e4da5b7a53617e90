package litestream4j.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import litestream4j.cli.Databases;
import litestream4j.cli.GoldenFolders;
import litestream4j.ltx.LtxReader;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Property: whatever happens to a database between two publications, the replica then holds exactly its pages, and a
 * query through the VFS sees its rows. Method: random edits from a seed that a failure prints.
 */
class PublishPropertyTest {
    private static final int STEPS = 12;

    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "512, DELETE, FULL",
        "1024, WAL, INCREMENTAL",
        "4096, WAL, NONE",
        "4096, TRUNCATE, INCREMENTAL",
        "65536, WAL, NONE"
    })
    void eachPublishedStateReadsBack(int pageBytes, String journalMode, String autoVacuum) throws Exception {
        Path database = folder.resolve("source.db");
        String url = "file://" + folder.resolve("r");
        try (Connection source = Databases.local(database);
                Publisher publisher = Publisher.of(database, null, ReplicaUrl.parse(url), Environment.EMPTY)) {
            RandomEdits edits = new RandomEdits(source, new Random(seed), pageBytes, journalMode, autoVacuum);
            for (int step = 0; step < STEPS; step++) {
                String where = "seed=%d step=%d".formatted(seed, step);
                Publication _ = publisher.publish(step % 5 == 4);
                assertThat(publisher.publish(false)).as(where).isInstanceOf(Publication.Unchanged.class);
                try (Connection replica = Databases.replica(url)) {
                    assertThat(Databases.dump(replica)).as(where).isEqualTo(Databases.dump(source));
                    assertThat(Databases.rows(replica, "PRAGMA integrity_check"))
                            .as(where)
                            .containsExactly("'ok'");
                }
                Databases.execute(source, "PRAGMA wal_checkpoint(TRUNCATE)");
                assertThat(Arrays.equals(applied(), Files.readAllBytes(database)))
                        .as("%s: pages of the replica are those of the database", where)
                        .isTrue();
                edits.step();
            }
        }
    }

    @Test
    void independentCheckerAcceptsTheFiles() throws Exception {
        Path checker = GoldenFolders.checkerOrSkip();
        Path database = folder.resolve("source.db");
        ReplicaUrl url = ReplicaUrl.parse("file://" + folder.resolve("r"));
        try (Connection source = Databases.local(database);
                Publisher publisher = Publisher.of(database, null, url, Environment.EMPTY)) {
            RandomEdits edits = new RandomEdits(source, new Random(seed), 4096, "DELETE", "FULL");
            for (int step = 0; step < STEPS; step++) {
                Publication _ = publisher.publish(step == 7);
                edits.step();
            }
        }
        List<String> command = new ArrayList<>(List.of("python3", checker.toString()));
        ltxFiles("0").forEach(file -> command.add(file.toString()));
        ltxFiles("9").forEach(file -> command.add(file.toString()));
        Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as("seed=%d\n%s", seed, output).isZero();
        assertThat(output.lines()).as(output).allMatch(line -> line.startsWith("OK"));
    }

    /** Invariant: transfers keep the sum; a state that is no state of the database would show another one. */
    @Test
    void databaseInUseIsPublishedAsItWasAtOneMoment() throws Exception {
        Path database = folder.resolve("bank.db");
        String url = "file://" + folder.resolve("r");
        AtomicBoolean done = new AtomicBoolean();
        try (Connection connection = Databases.local(database);
                Publisher publisher = Publisher.of(database, null, ReplicaUrl.parse(url), Environment.EMPTY)) {
            Databases.execute(
                    connection,
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = OFF",
                    // Small, so that checkpoints and new beginnings of the WAL happen all the time.
                    "PRAGMA wal_autocheckpoint = 10",
                    "CREATE TABLE bank(id INTEGER PRIMARY KEY, v INTEGER, fill BLOB)",
                    "INSERT INTO bank SELECT value, 100, zeroblob(500) FROM json_each('[%s]')"
                            .formatted("0,".repeat(499) + "0")
                            .replace("value", "NULL"));
            Thread writer = Thread.ofPlatform().start(() -> transfer(connection, done));
            try {
                for (int i = 0; i < 15; i++) {
                    Publication _ = publisher.publish(false);
                    try (Connection replica = Databases.replica(url)) {
                        assertThat(Databases.rows(replica, "SELECT sum(v), count(*) FROM bank"))
                                .as("seed=%d publication=%d", seed, i)
                                .containsExactly("'50000'|'500'");
                        assertThat(Databases.rows(replica, "PRAGMA integrity_check"))
                                .containsExactly("'ok'");
                    }
                }
            } finally {
                done.set(true);
                writer.join();
            }
        }
    }

    private void transfer(Connection connection, AtomicBoolean done) {
        Random random = new Random(seed);
        try {
            while (!done.get()) {
                Databases.execute(
                        connection,
                        "BEGIN",
                        "UPDATE bank SET v = v - 1 WHERE id = " + (1 + random.nextInt(500)),
                        "UPDATE bank SET v = v + 1 WHERE id = " + (1 + random.nextInt(500)),
                        "COMMIT");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Applies the files of level 0 in order. */
    private byte[] applied() throws IOException {
        byte[] image = {};
        for (Path file : ltxFiles("0")) {
            LtxReader reader = new LtxReader(file.toString(), new ByteArrayInputStream(Files.readAllBytes(file)));
            int pageBytes = reader.header().pageSize().bytes();
            image = Arrays.copyOf(image, (int) reader.header().commit().pages() * pageBytes);
            while (reader.next()) {
                System.arraycopy(reader.page(), 0, image, (int) (reader.pgno() - 1) * pageBytes, pageBytes);
            }
        }
        return image;
    }

    private List<Path> ltxFiles(String level) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("r/ltx").resolve(level))) {
            return files.sorted().toList();
        }
    }
}
