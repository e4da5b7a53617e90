package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import litestream4j.testkit.BrokenProvider;
import litestream4j.testkit.LargeReplica;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An error that leaves a call from SQLite would end the process. */
class ErrorsOfJavaTest {
    private static final String ALL_ROWS = "SELECT sum(length(b)) FROM t";

    @TempDir
    private Path replica;

    @BeforeEach
    void publish() throws IOException {
        LargeReplica.publish(replica);
    }

    @ParameterizedTest
    @CsvSource({
        BrokenProvider.OUT_OF_MEMORY + ", SQLITE_NOMEM, OutOfMemoryError",
        BrokenProvider.STACK_OVERFLOW + ", SQLITE_IOERR_READ, StackOverflowError"
    })
    void anErrorInACallFailsTheStatementAlone(String error, String code, String reason)
            throws IOException, SQLException {
        try (Connection connection =
                Databases.replica(BrokenProvider.url(replica)).getConnection()) {
            assertThat(query(connection, "SELECT count(*) FROM t WHERE id = 1")).isEqualTo("1");
            Path broken = Files.createFile(replica.resolve(error));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> query(connection, ALL_ROWS))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining(code)
                        .hasMessageContaining(reason);
            }
            Files.delete(broken);
            assertThat(query(connection, ALL_ROWS)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    @ParameterizedTest
    @CsvSource({BrokenProvider.OUT_OF_MEMORY, BrokenProvider.STACK_OVERFLOW})
    void anErrorInAnOpenFailsTheOpenAlone(String error) throws IOException, SQLException {
        LitestreamDataSource source = Databases.replica(BrokenProvider.url(replica));
        Path broken = Files.createFile(replica.resolve(error));
        assertThatThrownBy(source::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("SQLITE_CANTOPEN")
                .hasMessageContaining("Error");
        Files.delete(broken);
        try (Connection connection = source.getConnection()) {
            assertThat(query(connection, ALL_ROWS)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    /** With each step less of the stack is left, down to nothing; sqlite-jdbc may call that out of memory. */
    @Test
    void queriesWorkHoweverDeepInTheStack() throws SQLException {
        try (Connection connection = Databases.replica(replica).getConnection()) {
            int[] answered = {0};
            assertThatThrownBy(() -> descend(connection, 0, answered))
                    .satisfiesAnyOf(
                            end -> assertThat(end).isInstanceOf(StackOverflowError.class),
                            end -> assertThat(end)
                                    .isInstanceOf(SQLException.class)
                                    .hasMessage("Out of memory"));
            assertThat(answered[0]).isGreaterThan(10);
            assertThat(query(connection, ALL_ROWS)).isEqualTo(LargeReplica.SUM_OF_LENGTHS);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // Ends with the stack.
    private static int descend(Connection connection, int depth, int[] answered) throws SQLException {
        if (depth % 64 == 0) {
            assertThat(query(
                            connection, "SELECT count(*) FROM t WHERE length(b) = 2000 AND id < " + (depth % 1000 + 2)))
                    .isNotEmpty();
            answered[0]++;
        }
        return 1 + descend(connection, depth + 1, answered);
    }
}
