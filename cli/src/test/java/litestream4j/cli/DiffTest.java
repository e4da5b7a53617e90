package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: diff tells what was changed between two states, in each of its forms. */
class DiffTest {
    private static final String FIRST = "0000000000000001";
    private static final String SECOND = "0000000000000002";

    @TempDir
    Path folder;

    @Test
    void rowsAreMatchedByTheirKeyAndShownWithWhatTheyWere() throws Exception {
        String url = publish(
                new String[] {
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL)"
                },
                "DELETE FROM t WHERE id = 1",
                "UPDATE t SET v = x'00' WHERE id = 2",
                "INSERT INTO t VALUES (4, 'it''s')");
        assertThat(diff(url).lines().skip(3))
                .containsExactly(
                        "table t, rows matched by id",
                        "change   | id | v",
                        "---------+----+------",
                        "deleted  |  1 | a",
                        "before   |  2 | b",
                        "after    |  2 | x'00'",
                        "inserted |  4 | it's",
                        "(1 deleted, 1 changed, 1 inserted)");
        assertThat(diff(url, "--json").lines())
                .containsExactly(
                        "[{\"change\":\"delete\",\"table\":\"t\",\"before\":{\"id\":1,\"v\":\"a\"},\"after\":null},",
                        "{\"change\":\"update\",\"table\":\"t\",\"before\":{\"id\":2,\"v\":\"b\"},"
                                + "\"after\":{\"id\":2,\"v\":\"00\"}},",
                        "{\"change\":\"insert\",\"table\":\"t\",\"before\":null,"
                                + "\"after\":{\"id\":4,\"v\":\"it's\"}}]");
        assertThat(diff(url, "--sql").lines().skip(2))
                .containsExactly(
                        "PRAGMA foreign_keys = OFF;",
                        "BEGIN;",
                        "DELETE FROM \"t\" WHERE \"id\" = 1;",
                        "UPDATE \"t\" SET \"v\" = X'00' WHERE \"id\" = 2;",
                        "INSERT INTO \"t\"(\"id\", \"v\") VALUES (4, 'it''s');",
                        "COMMIT;");
    }

    @Test
    void swappedStatesUndo() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a')"},
                "DELETE FROM t");
        assertThat(ToolRun.of("diff", url, "--from", "latest", "--to", FIRST, "--sql")
                        .success())
                .contains("INSERT INTO \"t\"(\"id\", \"v\") VALUES (1, 'a');");
    }

    @Test
    void autoincrementBeginsAnewWhereTheOtherStateHadNoNumber() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE t(n INTEGER PRIMARY KEY AUTOINCREMENT)", "INSERT INTO t VALUES (1)"},
                "DELETE FROM t",
                "DELETE FROM sqlite_sequence");
        assertThat(diff(url, "--sql")).contains("DELETE FROM sqlite_sequence;").doesNotContain("INSERT");
    }

    @Test
    void typesAreToldApart() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 1), (2, 'a')"},
                "UPDATE t SET v = 1.0 WHERE id = 1",
                "UPDATE t SET v = CAST('a' AS BLOB) WHERE id = 2");
        assertThat(diff(url, "--sql"))
                .contains("SET \"v\" = 1.0 WHERE \"id\" = 1;", "SET \"v\" = X'61' WHERE \"id\" = 2;");
    }

    @Test
    void definitionsThatChangedAreTold() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE t(a)", "CREATE INDEX i ON t(a)", "INSERT INTO t VALUES (1)"},
                "ALTER TABLE t ADD COLUMN b DEFAULT 7",
                "DROP INDEX i",
                "CREATE VIEW v AS SELECT a FROM t");
        assertThat(diff(url).lines().filter(line -> !line.isEmpty()).skip(2))
                .containsExactly(
                        "table t: changed, from: CREATE TABLE t(a)",
                        "table t: changed, to:   CREATE TABLE t(a, b DEFAULT 7)",
                        "table t: rows are not compared, since its definition changed",
                        "index i: dropped",
                        "view v: created: CREATE VIEW v AS SELECT a FROM t");
    }

    @Test
    void tableWithoutAKeyIsSaidToHaveNone() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE t(rowid, oid, _rowid_)", "INSERT INTO t VALUES (1, 2, 3)"},
                "INSERT INTO t VALUES (1, 2, 4)");
        assertThat(diff(url))
                .contains("table t, rows cannot be matched: no primary key, and columns hide the row's number");
    }

    @Test
    void onlyTheTablesThatAreNamedAreCompared() throws Exception {
        String url = publish(
                new String[] {"CREATE TABLE a(x)", "CREATE TABLE b(x)"},
                "INSERT INTO a VALUES (1)",
                "INSERT INTO b VALUES (1)");
        assertThat(diff(url, "B")).contains("table b, rows matched by rowid").doesNotContain("table a");
        ToolRun unknown = ToolRun.of("diff", url, "--from", FIRST, "c");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err())
                .contains("no such table in either state: c; check its name")
                .hasLineCount(1);
    }

    @Test
    void sameStatesDoNotDiffer() throws Exception {
        String url = publish(new String[] {"CREATE TABLE a(x)"}, "INSERT INTO a VALUES (1)");
        assertThat(ToolRun.of("diff", url, "--from", SECOND).success()).endsWith("\nnothing differs\n");
        assertThat(ToolRun.of("diff", url, "--from", SECOND, "--json").success())
                .isEqualTo("[]\n");
        assertThat(ToolRun.of("diff", url, "--from", SECOND, "--sql").success()).endsWith("-- nothing differs\n");
    }

    @Test
    void stateThatCannotBeHadIsAFailure() throws Exception {
        String url = publish(new String[] {"CREATE TABLE a(x)"}, "INSERT INTO a VALUES (1)");
        ToolRun early = ToolRun.of("diff", url, "--from", "2001-01-01");
        assertThat(early.exitCode()).isEqualTo(ExitCode.NOTHING_TO_READ);
        assertThat(early.err()).contains("the earliest state is of").hasLineCount(1);
        assertThat(ToolRun.of("diff", url, "--from", "then").err()).contains("invalid --from: \"then\"; use a time");
    }

    private String publish(String[] before, String... after) throws SQLException {
        Path database = Databases.create(folder.resolve("source.db"), before);
        String url = "file://" + folder.resolve("replica");
        String done = ToolRun.of("publish", database.toString(), url).success();
        try (Connection connection = Databases.local(database)) {
            Databases.execute(connection, after);
        }
        done += ToolRun.of("publish", database.toString(), url).success();
        assertThat(done).contains(FIRST, SECOND);
        return url;
    }

    private static String diff(String url, String... more) {
        return ToolRun.of(Stream.concat(Stream.of("diff", url, "--from", FIRST), Stream.of(more))
                        .toArray(String[]::new))
                .success();
    }
}
