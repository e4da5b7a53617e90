package litestream4j.cli.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import litestream4j.cli.Databases;
import litestream4j.cli.ToolRun;
import litestream4j.cli.sql.SqlScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the statements that diff prints turn the one state into the other, whatever the tables and the changes are. */
class DiffPropertyTest {
    private static final int DATABASES = 4;
    private static final int STATES = 4;

    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path folder;

    @Test
    void statementsTurnOneStateIntoTheOther() throws Exception {
        int statements = 0;
        for (int i = 0; i < DATABASES; i++) {
            Random random = new Random(seed + i);
            Path database = folder.resolve("source-%d.db".formatted(i));
            String url = "file://" + folder.resolve("replica-" + i);
            try (Connection source = Databases.local(database)) {
                RandomTables tables = new RandomTables(source, random);
                String ignored = ToolRun.of("publish", database.toString(), url).success();
                for (int state = 2; state <= STATES; state++) {
                    tables.step();
                    // An empty step would publish nothing.
                    Databases.execute(source, "INSERT INTO log VALUES (%d)".formatted(state));
                    ignored = ToolRun.of("publish", database.toString(), url).success();
                }
                assertThat(ignored).contains(txid(STATES));
            }
            for (int round = 0; round < 3; round++) {
                int from = 1 + random.nextInt(STATES);
                int to = 1 + random.nextInt(STATES);
                statements += assertTurns(url, from, to, "seed=%d database=%d %d to %d".formatted(seed, i, from, to));
            }
        }
        assertThat(statements).as("statements run").isGreaterThan(30);
    }

    private int assertTurns(String url, int from, int to, String where) throws Exception {
        Path before = restore(url, from);
        Path after = restore(url, to);
        String script = ToolRun.of("diff", url, "--from", txid(from), "--to", txid(to), "--sql")
                .success();
        List<String> statements = SqlScript.parse(script).all();
        try (Connection connection = Databases.local(before)) {
            for (String statement : statements) {
                try {
                    Databases.execute(connection, statement);
                } catch (SQLException e) {
                    throw new AssertionError(where + ": " + statement, e);
                }
            }
        }
        assertThat(TableContents.of(before)).as(where).isEqualTo(TableContents.of(after));
        Files.delete(before);
        Files.deleteIfExists(after);
        return statements.size();
    }

    private Path restore(String url, int txid) {
        Path file = folder.resolve("restored-%d-%d.db".formatted(txid, System.nanoTime()));
        ToolRun.of("restore", url, "-o", file.toString(), "--txid", txid(txid)).success();
        return file;
    }

    private static String txid(int number) {
        return "%016x".formatted(number);
    }
}
