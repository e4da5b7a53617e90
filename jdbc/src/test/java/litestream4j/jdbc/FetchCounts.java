package litestream4j.jdbc;

import static litestream4j.jdbc.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the engine counted so far: pages that were wanted, and which of them were on their way by then. */
record FetchCounts(long requests, long misses, long ahead, long wasted) {
    /** What was sent twice since this machine stood still for a moment says nothing about a query. */
    static FetchCounts of(Connection connection) throws SQLException {
        String stats = query(connection, "PRAGMA litestream_stats");
        return new FetchCounts(
                number(stats, "read_requests") - number(stats, "hedges"),
                number(stats, "misses"),
                number(stats, "ahead_used"),
                number(stats, "ahead_wasted"));
    }

    /** Returns the counts when nothing is under way any more, as the interior pages after an open. */
    static FetchCounts settled(Connection connection) throws SQLException {
        FetchCounts[] latest = {of(connection)};
        await("nothing is under way").pollInterval(Duration.ofMillis(300)).until(() -> {
            FetchCounts earlier = latest[0];
            latest[0] = of(connection);
            return latest[0].equals(earlier);
        });
        return latest[0];
    }

    /** Pages that a query had to wait for with nobody having asked for them before. */
    long waits() {
        return misses - ahead;
    }

    FetchCounts since(FetchCounts earlier) {
        return new FetchCounts(
                requests - earlier.requests, misses - earlier.misses, ahead - earlier.ahead, wasted - earlier.wasted);
    }

    static long number(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(json);
        assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
