package litestream4j.cli.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import litestream4j.cli.Databases;

/** Changes a database in all the ways that move, add and drop pages. Not thread-safe. */
final class RandomEdits {
    private final Connection connection;
    private final Random random;

    /**
     * Makes the first tables.
     *
     * @param journalMode WAL, DELETE or TRUNCATE
     * @param autoVacuum NONE, FULL or INCREMENTAL
     */
    RandomEdits(Connection connection, Random random, int pageBytes, String journalMode, String autoVacuum)
            throws SQLException {
        this.connection = connection;
        this.random = random;
        run("PRAGMA page_size = " + pageBytes);
        run("PRAGMA auto_vacuum = " + autoVacuum);
        run("PRAGMA journal_mode = " + journalMode);
        run("CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT, b BLOB)");
        run("CREATE INDEX a_v ON a(v)");
        run("CREATE TABLE w(k TEXT PRIMARY KEY, n) WITHOUT ROWID");
        insert(100);
    }

    /** Makes one to three changes, of which some change nothing. */
    void step() throws SQLException {
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (random.nextInt(10)) {
                case 0, 1 -> insert(1 + random.nextInt(300));
                case 2 -> insert(3);
                case 3 -> run("UPDATE a SET v = hex(randomblob(8)) WHERE id % 7 = " + random.nextInt(7));
                case 4 -> run("DELETE FROM a WHERE id % 3 = " + random.nextInt(3));
                case 5 -> run("DELETE FROM a");
                case 6 -> run("VACUUM");
                case 7 -> run("PRAGMA incremental_vacuum(5)");
                case 8 -> run("CREATE TABLE IF NOT EXISTS extra(x)", "INSERT INTO extra SELECT v FROM a LIMIT 20");
                default -> run("DROP TABLE IF EXISTS extra", "PRAGMA user_version = " + random.nextInt(100));
            }
        }
    }

    private void insert(int rows) throws SQLException {
        run(("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
                        + " INSERT INTO a(v, b) SELECT hex(randomblob(6)), zeroblob(abs(random()) %% 900) FROM c")
                .formatted(rows));
        run("INSERT OR REPLACE INTO w SELECT substr(v, 1, 2), count(*) FROM a GROUP BY 1");
    }

    private void run(String... statements) throws SQLException {
        Databases.execute(connection, statements);
    }
}
