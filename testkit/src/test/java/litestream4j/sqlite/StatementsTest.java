package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import litestream4j.engine.Reader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: PRAGMAs and functions say what they are specified to say, refusals included. */
class StatementsTest {
    private Reader reader;
    private Statements statements;

    @BeforeEach
    void openReader(@TempDir Path root) throws IOException {
        FolderReplica replica = new FolderReplica(root);
        replica.write(6);
        reader = replica.open();
        statements = new Statements(reader);
    }

    @AfterEach
    void closeReader() {
        reader.close();
    }

    @ParameterizedTest
    @CsvSource({
        "litestream_txid, 0000000000000006",
        "LITESTREAM_TxId, 0000000000000006",
        "litestream_lag, -1",
        "litestream_time, 2026-01-15T10:30:05Z",
        "litestream_data_time, 2026-01-15T10:30:05Z",
        "litestream_hydration_progress, 0",
        "litestream_hydration_file, ''",
        "litestream_write_enabled, 0",
    })
    void pragmaIsAnswered(String name, String answer) throws Exception {
        assertThat(get(name)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"litestream_lag", "litestream_data_time", "litestream_stats", "litestream_hydration_file"})
    void whatCannotBeSetSaysSo(String name) {
        assertThatThrownBy(() -> set(name, "1"))
                .isInstanceOf(StatementException.class)
                .hasMessage(name + " is read-only");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            litestream_txid          | 5          | litestream_txid is read-only, but for a transaction to look at: expected its ID of 16 hexadecimal digits, such as '000000000000002a', or 'latest', found '5'
            litestream_txid          | DC         | litestream_txid is read-only, but for a transaction to look at: expected its ID of 16 hexadecimal digits, such as '000000000000002a', or 'latest', found 'DC'
            litestream_txid          | -1         | litestream_txid is read-only, but for a transaction to look at: expected its ID of 16 hexadecimal digits, such as '000000000000002a', or 'latest', found '-1'
            litestream_txid          | ''         | litestream_txid is read-only, but for a transaction to look at: expected its ID of 16 hexadecimal digits, such as '000000000000002a', or 'latest', found ''
            litestream_txid          | 00000000000000ff | cannot calc restore plan: transaction not available: no set of files ends at 00000000000000ff
            litestream_time          | nonsense   | invalid timestamp (expected RFC3339 or relative time like '5 minutes ago'): nonsense
            litestream_time          | 2026-01-15T10:30:00Z | cannot calc restore plan: transaction not available: the earliest state is of 2026-01-15T10:30:00Z, which is not before 2026-01-15T10:30:00Z; the latest state is of 2026-01-15T10:30:05Z
            litestream_write_enabled | maybe      | invalid value for litestream_write_enabled: maybe (use 0 or 1)
            litestream_write_enabled | TRUE       | litestream is a read only vfs
            litestream_wait          | soon       | invalid value for litestream_wait: soon (expected a transaction ID of 16 hexadecimal digits, and perhaps a time limit: '000000000000002a 5s')
            litestream_wait          | 0000000000000007 -1s | invalid value for litestream_wait: 0000000000000007 -1s (expected a transaction ID of 16 hexadecimal digits, and perhaps a time limit: '000000000000002a 5s')
            litestream_wait          | 0000000000000006 -1s | invalid value for litestream_wait: 0000000000000006 -1s (expected
            litestream_wait          | 0000000000000007 0   | txid 0000000000000007 did not arrive within 0.0 s
            litestream_wait          | 0000000000000007 1ms | txid 0000000000000007 did not arrive within 0.001 s; the replica is at 0000000000000006
            """)
    void refusalSaysWhatIsWrong(String name, String value, String message) {
        assertThatThrownBy(() -> set(name, value))
                .isInstanceOf(StatementException.class)
                .hasMessageStartingWith(message);
        assertThat(reader.isInPast()).isFalse();
    }

    @Test
    void waitWithoutATransactionSaysWhatIsExpected() {
        assertThatThrownBy(() -> statements.pragma("litestream_wait", null))
                .isInstanceOf(StatementException.class)
                .hasMessage("litestream_wait needs a value (expected a transaction ID of 16 hexadecimal digits, and"
                        + " perhaps a time limit: '000000000000002a 5s')");
    }

    @Test
    void otherPragmasAreLeftToSqlite() throws Exception {
        assertThat(statements.pragma("litestream_nothing", null)).isEmpty();
        assertThat(statements.pragma("page_count", null)).isEmpty();
    }

    @Test
    void targetIsShownAsGivenAndTheTimeOfTheDataBesideIt() throws Exception {
        set("litestream_time", "2026-01-15T12:30:02.500+02:00");
        assertThat(get("litestream_time")).isEqualTo("2026-01-15T12:30:02.5+02:00");
        assertThat(get("litestream_data_time")).isEqualTo("2026-01-15T10:30:02Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000003");
        set("litestream_time", "LATEST");
        assertThat(get("litestream_time")).isEqualTo("2026-01-15T10:30:05Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000006");
    }

    @Test
    void targetIsStrict() throws Exception {
        set("litestream_time", "2026-01-15T10:30:02Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000002");
        set("litestream_time", "2026-01-15T10:30:02.000000001Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000003");
    }

    @Test
    void futureIsTheNewestState() throws Exception {
        set("litestream_time", "2999-01-01T00:00:00Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000006");
        assertThat(reader.isInPast()).isTrue();
    }

    @Test
    void refusedTargetLeavesTheOldOne() throws Exception {
        set("litestream_time", "2026-01-15T10:30:02Z");
        assertThatThrownBy(() -> set("litestream_time", "2020-01-01T00:00:00Z")).isInstanceOf(StatementException.class);
        assertThat(get("litestream_time")).isEqualTo("2026-01-15T10:30:02Z");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "2026-01-15T10:30:02Z"})
    void transactionStandsStill(String target) throws Exception {
        reader.begin();
        assertThatThrownBy(() -> set("litestream_time", target))
                .isInstanceOf(StatementException.class)
                .hasMessage("cannot change litestream_time inside a transaction");
        assertThatThrownBy(() -> set("litestream_txid", "0000000000000001"))
                .hasMessage("cannot change litestream_txid inside a transaction");
        assertThat(get("litestream_txid")).isEqualTo("0000000000000006");
    }

    @Test
    void functionsSayTheSame() throws Exception {
        assertThat(statements.function("litestream_txid", null)).isEqualTo(new Reply.Text("0000000000000006"));
        assertThat(statements.function("litestream_lag", null)).isEqualTo(new Reply.Whole(-1));
        assertThat(statements.function("litestream_set_time", "2026-01-15T10:30:02Z"))
                .isEqualTo(Reply.NOTHING);
        assertThat(statements.function("litestream_time", null)).isEqualTo(new Reply.Text("2026-01-15T10:30:02Z"));
        assertThatThrownBy(() -> statements.function("litestream_set_time", null))
                .hasMessage("timestamp required");
    }

    @Test
    void statisticsAreJson() throws Exception {
        assertThat(get("litestream_stats"))
                .startsWith("{\"view_txid\":\"0000000000000006\",")
                .contains("\"newest_txid\":\"0000000000000006\"", "\"list_requests\":1,")
                .endsWith("}");
        assertThat(Pattern.compile("\"(\\w+)\":")
                        .matcher(get("litestream_stats"))
                        .results()
                        .map(name -> name.group(1)))
                .containsExactly(
                        "view_txid",
                        "newest_txid",
                        "pinned_readers",
                        "index_bytes",
                        "indexed_files",
                        "cache_bytes",
                        "held_bytes",
                        "hits",
                        "misses",
                        "ahead_used",
                        "ahead_wasted",
                        "list_requests",
                        "read_requests",
                        "find_requests",
                        "find_misses",
                        "received_bytes",
                        "retries",
                        "hedges",
                        "poll_age_millis",
                        "data_age_millis");
    }

    private String get(String name) throws StatementException {
        return ((Reply.Text) answer(name, null)).text();
    }

    private void set(String name, String value) throws StatementException {
        assertThat(answer(name, value)).isEqualTo(Reply.NOTHING);
    }

    private Reply answer(String name, @Nullable String value) throws StatementException {
        return statements.pragma(name, value).orElseThrow();
    }
}
