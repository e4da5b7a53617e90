package litestream4j.engine;

import java.time.Duration;
import java.util.Optional;
import litestream4j.ltx.Txid;
import litestream4j.replica.RequestCounts;

/**
 * What an engine did and holds.
 *
 * @param newest the newest transaction that was reached
 * @param pinnedReaders read transactions that are open now
 * @param indexBytes memory of the page maps of all views that are in use, and of the indexes of files, in bytes
 * @param indexedFiles files whose indexes are kept
 * @param cacheBytes memory of decoded pages, in bytes
 * @param heldBytes memory of small files kept whole, in bytes
 * @param hits pages answered from memory
 * @param misses pages that had to be decoded or fetched
 * @param ahead how many of them had been fetched ahead of demand
 * @param wasted pages that were fetched ahead and never wanted
 * @param requests requests to the store
 * @param retries attempts that were repeated
 * @param hedges requests that were sent a second time because the answer was late
 * @param pollAge since the newest transaction was last reached
 * @param dataAge since the newest transaction was made
 */
public record EngineStats(
        Txid newest,
        int pinnedReaders,
        long indexBytes,
        int indexedFiles,
        long cacheBytes,
        long heldBytes,
        long hits,
        long misses,
        long ahead,
        long wasted,
        RequestCounts requests,
        long retries,
        long hedges,
        Optional<Duration> pollAge,
        Duration dataAge) {}
