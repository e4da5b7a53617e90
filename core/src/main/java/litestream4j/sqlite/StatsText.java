package litestream4j.sqlite;

import java.time.Duration;
import litestream4j.engine.EngineStats;
import litestream4j.engine.Reader;

/** The engine's figures as JSON, for {@code PRAGMA litestream_stats}. */
final class StatsText {
    private StatsText() {}

    static String of(Reader reader) {
        EngineStats stats = reader.database().stats();
        StringBuilder json = new StringBuilder("{");
        text(json, "view_txid", reader.view().txid().toString());
        text(json, "newest_txid", stats.newest().toString());
        number(json, "pinned_readers", stats.pinnedReaders());
        number(json, "index_bytes", stats.indexBytes());
        number(json, "indexed_files", stats.indexedFiles());
        number(json, "cache_bytes", stats.cacheBytes());
        number(json, "held_bytes", stats.heldBytes());
        number(json, "hits", stats.hits());
        number(json, "misses", stats.misses());
        number(json, "ahead_used", stats.ahead());
        number(json, "ahead_wasted", stats.wasted());
        number(json, "list_requests", stats.requests().lists());
        number(json, "read_requests", stats.requests().reads());
        number(json, "find_requests", stats.requests().finds());
        number(json, "find_misses", stats.requests().misses());
        number(json, "received_bytes", stats.requests().bytes());
        number(json, "retries", stats.retries());
        number(json, "hedges", stats.hedges());
        number(json, "poll_age_millis", stats.pollAge().map(Duration::toMillis).orElse(-1L));
        number(json, "data_age_millis", stats.dataAge().toMillis());
        json.setCharAt(json.length() - 1, '}');
        return json.toString();
    }

    private static void text(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":\"").append(value).append("\",");
    }

    private static void number(StringBuilder json, String name, long value) {
        json.append('"').append(name).append("\":").append(value).append(',');
    }
}
