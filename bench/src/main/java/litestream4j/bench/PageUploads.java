package litestream4j.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;

/**
 * A primary that writes scattered pages, and uploads them at an interval. The files are made before, so that readers
 * have the processor to themselves.
 */
final class PageUploads implements AutoCloseable {
    private static final int WAL_FRAME_BYTES = 24 + 4096;

    private final LoopbackStore store;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Deque<Upload> prepared = new ArrayDeque<>();

    private record Upload(String key, LoopbackStore.StoredBytes content) {}

    private PageUploads(LoopbackStore store) {
        this.store = store;
    }

    /**
     * Makes the files, and begins to upload them.
     *
     * @param replica which they go on with; in the store already
     * @param firstPage no page below it changes
     * @param changed pages of each file
     * @param files so many
     */
    static PageUploads start(
            LoopbackStore store, Replica replica, long firstPage, int changed, int files, long intervalMillis)
            throws IOException {
        PageUploads uploads = new PageUploads(store);
        LtxHeader before = lastHeader(replica);
        for (int i = 0; i < files; i++) {
            before = uploads.prepare(replica, before, firstPage, changed);
        }
        var _ = uploads.thread.scheduleAtFixedRate(uploads::upload, 0, intervalMillis, TimeUnit.MILLISECONDS);
        return uploads;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void upload() {
        Upload next = prepared.poll();
        if (next != null) {
            store.objects().put(next.key, next.content);
        }
    }

    private LtxHeader prepare(Replica replica, LtxHeader before, long firstPage, int changed) throws IOException {
        Txid id = before.max().next();
        Instant now = Instant.now();
        LtxHeader header = new LtxHeader(
                true,
                before.pageSize(),
                before.commit(),
                id,
                id,
                now.toEpochMilli(),
                0,
                before.walOffset() + before.walSize(),
                (long) changed * WAL_FRAME_BYTES,
                before.walSalt1(),
                before.walSalt2(),
                0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxWriter writer = new LtxWriter(out, header);
        byte[] page = new byte[header.pageSize().bytes()];
        long step = (before.commit().pages() - firstPage) / changed;
        for (int i = 0; i < changed; i++) {
            writer.page(firstPage + id.value() % step + i * step, page);
        }
        writer.finish(0);
        String key =
                LoopbackStore.key(replica.name(), Level.L0, LtxFileName.of(id).toString());
        prepared.add(new Upload(key, LoopbackStore.StoredBytes.of(out.toByteArray(), now)));
        return header;
    }

    private static LtxHeader lastHeader(Replica replica) throws IOException {
        Path file = replica.levels()
                .resolve("0")
                .resolve(LtxFileName.of(new Txid(replica.lastTxid())).toString());
        return LtxHeader.parse(file.toString(), Files.readAllBytes(file), 0);
    }
}
