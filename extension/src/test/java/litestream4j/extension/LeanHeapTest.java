package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is there for the engine gives back what it does not need any more. */
class LeanHeapTest {
    /** A collection of all: what was in use before and after it, and what the heap takes from then on, in MB. */
    private static final Pattern FULL =
            Pattern.compile("Pause Full \\(System.gc\\(\\)\\) (\\d+)M->(\\d+)M\\((\\d+)M\\)");

    @TempDir
    private Path scratch;

    /** The cache of the first replica has no use once that is closed; the host then waits until it is gone. */
    @Test
    void heapShrinksWhenItIsNotUsedAnyMore() throws IOException, SQLException {
        Path database = scratch.resolve("primary.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)");
            statement.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                    + " INSERT INTO t SELECT i, randomblob(4000) FROM n");
        }
        Path replica = scratch.resolve("replica");
        LargeReplica.publish(database, replica);
        Path log = scratch.resolve("gc.log");
        PythonRun.of("file://" + replica)
                .with("LITESTREAM_JVM_OPTIONS", "-Xlog:gc:file=" + log)
                .with("LITESTREAM_CACHE_SIZE", "60000000")
                .run("""
                        import re, time
                        c = connect()
                        print(rows(c, 'SELECT sum(length(b)) FROM t'))
                        c.close()
                        end = time.monotonic() + 60
                        after = [99]
                        while int(after[-1]) >= 20 and time.monotonic() < end:
                            time.sleep(0.1)
                            after += re.findall(r'System.gc.*->([0-9]+)M', open('%s').read())
                        """.formatted(log))
                .success();
        List<MatchResult> collections =
                FULL.matcher(Files.readString(log)).results().toList();
        assertThat(collections).as("collections of all").isNotEmpty();
        MatchResult last = collections.getLast();
        assertThat(Integer.parseInt(last.group(1))).as("before").isGreaterThan(30);
        assertThat(Integer.parseInt(last.group(2))).as("after").isLessThan(20);
        assertThat(Integer.parseInt(last.group(3))).as("the heap's size").isLessThan(40);
    }
}
