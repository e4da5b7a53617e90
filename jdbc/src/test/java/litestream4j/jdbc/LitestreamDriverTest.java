package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import litestream4j.testkit.GoldenFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LitestreamDriverTest {
    private static final String TXID = "SELECT litestream_txid()";

    private final LitestreamDriver driver = new LitestreamDriver();

    private static String sample() {
        return "file://" + GoldenFolder.orSkip("real-0.5.17");
    }

    @Test
    void driverManagerFindsIt() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:litestream:" + sample())) {
            assertThat(query(connection, TXID)).isEqualTo("0000000000000006");
            assertThat(connection.getMetaData().getURL()).isEqualTo("jdbc:litestream:" + sample());
        }
    }

    @Test
    void userAndPasswordOfDriverManagerAreIgnored() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:litestream:" + sample(), "sa", "secret")) {
            assertThat(query(connection, TXID)).isEqualTo("0000000000000006");
        }
    }

    @Test
    void urlsOfSqliteJdbcThatNameTheVfsWorkThroughDriverManager() throws SQLException {
        String url = "jdbc:sqlite:file:x.db?vfs=litestream&litestream_replica_url=" + sample();
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThat(query(connection, TXID)).isEqualTo("0000000000000006");
        }
    }

    @Test
    void urlsOfSqliteJdbcThatNameTheVfsWorkWhenAskedFirst() throws SQLException {
        String url = "jdbc:sqlite:file:x.db?vfs=litestream&poll_interval=1h&cache_size=77&replica_url=" + sample();
        try (Connection connection = connect(url, new Properties())) {
            assertThat(query(connection, TXID)).isEqualTo("0000000000000006");
            assertThat(query(connection, "PRAGMA cache_size"))
                    .as("sqlite-jdbc's own")
                    .isEqualTo("77");
            assertThat(connection.getMetaData().getURL()).isEqualTo("jdbc:sqlite:file:x.db?vfs=litestream");
        }
    }

    @Test
    void settingsOfTheGoExtensionForWhatIsNotOfferedFailNoOpen() throws SQLException {
        String foreign = "litestream_write_enabled=true&litestream_buffer_path=/b&litestream_hydration_enabled=1"
                + "&litestream_hydration_path=/h&litestream_sync_interval=";
        for (String url : new String[] {
            "jdbc:litestream:" + sample() + "?" + foreign,
            "jdbc:sqlite:file:x.db?vfs=litestream&replica_url=" + sample() + "&" + foreign
        }) {
            try (Connection connection = connect(url + "1s", new Properties())) {
                assertThat(query(connection, TXID)).isEqualTo("0000000000000006");
                assertThat(query(connection, "PRAGMA litestream_write_enabled")).isEqualTo("0");
            }
            assertThatThrownBy(() -> connect(url + "soon", new Properties()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("invalid sync_interval: \"soon\"");
        }
    }

    @Test
    void theFormThatWouldCreateALocalFileIsRefused() {
        assertThatThrownBy(() -> connect("jdbc:sqlite:x.db?vfs=litestream&replica_url=s3://b/p", new Properties()))
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith(
                        "jdbc:sqlite:x.db?vfs=litestream: write " + "jdbc:sqlite:file:x.db?vfs=litestream instead");
        assertThat(Files.exists(Path.of("x.db?vfs=litestream"))).isFalse();
    }

    @Test
    void otherUrlsAreLeftToOthers() throws SQLException {
        assertThat(driver.acceptsURL("jdbc:sqlite::memory:")).isFalse();
        assertThat(driver.acceptsURL("jdbc:sqlite:file:x.db?mode=ro")).isFalse();
        assertThat(driver.acceptsURL("jdbc:sqlite:file:x.db?vfs=litestream2")).isFalse();
        assertThat(driver.connect("jdbc:h2:mem:", null)).isNull();
    }

    @Test
    void settingsInTheUrlAreTakenOutAndTheRestBelongsToTheReplica() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("litestream_poll_interval", "2s");
        properties.setProperty("litestream_open_timeout", "5s");
        properties.setProperty("cache_size", "1");
        DriverUrl url = DriverUrl.parse(
                "jdbc:litestream:s3://b/p?region=eu&litestream_poll_interval=250ms&endpoint=http://h:1"
                        + "&litestream_cache_size=1%30",
                properties);
        assertThat(url.sqlite()).isNull();
        assertThat(url.settings())
                .containsOnly(
                        Map.entry("litestream_replica_url", "s3://b/p?region=eu&endpoint=http://h:1"),
                        Map.entry("litestream_poll_interval", "250ms"),
                        Map.entry("litestream_open_timeout", "5s"),
                        Map.entry("litestream_cache_size", "10"));
    }

    @Test
    void settingsTakeEffect() {
        String url = "jdbc:litestream:" + sample();
        assertThatThrownBy(() -> connect(url + "?litestream_cache_size=10MB", new Properties()))
                .hasMessageStartingWith("invalid litestream_cache_size: \"10MB\"");
        Properties properties = new Properties();
        properties.setProperty("litestream_poll_interval", "0s");
        assertThatThrownBy(() -> connect(url, properties))
                .hasMessageStartingWith("invalid litestream_poll_interval: \"0s\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "litestream_"})
    void settingsOfAReplicaUrlWorkWithAndWithoutThePrefix(String prefix) throws SQLException {
        String url = "jdbc:litestream:" + sample() + "?" + prefix;
        try (Connection connection = connect(url + "txid=0000000000000003", new Properties())) {
            assertThat(query(connection, TXID)).isEqualTo("0000000000000003");
        }
        assertThatThrownBy(() -> connect(url + "max_lag=zzz", new Properties())).hasMessageContaining("max_lag");
        assertThatThrownBy(() -> connect(url + "tme=x", new Properties()))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("unknown setting " + prefix + "tme");
    }

    @Test
    void anUnknownSettingIsRefused() {
        assertThatThrownBy(() -> connect("jdbc:litestream:file:///r?litestream_pol_interval=1s", new Properties()))
                .hasMessageContaining("unknown setting litestream_pol_interval: known are litestream_cache_size,");
    }

    @Test
    void settingsOfSqliteJdbcBelongToTheProperties() throws SQLException {
        String url = "jdbc:litestream:" + sample();
        assertThatThrownBy(() -> connect(url + "?date_string_format=yyyy-MM-dd", new Properties()))
                .hasMessageEndingWith("; sqlite-jdbc's own belong to the connection's properties");
        Properties properties = new Properties();
        properties.setProperty("date_string_format", "yyyy-MM-dd");
        try (Connection connection = connect(url, properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT '2026-01-15'")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getDate(1)).hasToString("2026-01-15");
        }
    }

    @Test
    void withoutAReplicaUrlTheEnvironmentDecides() {
        assertThatThrownBy(() -> connect("jdbc:litestream:", new Properties()))
                .hasMessageStartingWith("no replica configured: set LITESTREAM_REPLICA_URL");
    }

    @Test
    void itsPropertiesAreDescribed() throws SQLException {
        DriverPropertyInfo[] described =
                driver.getPropertyInfo("jdbc:litestream:file:///r?litestream_open_timeout=3s", new Properties());
        assertThat(Arrays.stream(described).map(property -> property.name + "=" + property.value))
                .contains("litestream_replica_url=file:///r", "litestream_open_timeout=3s");
    }

    private Connection connect(String url, Properties properties) throws SQLException {
        return Objects.requireNonNull(driver.connect(url, properties));
    }
}
