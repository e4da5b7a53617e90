package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import litestream4j.engine.Cancellation;
import litestream4j.engine.Engines;
import litestream4j.engine.Reader;
import litestream4j.engine.Settings;
import litestream4j.engine.Snapshot;
import litestream4j.ltx.Commit;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;
import litestream4j.replica.Environment;
import litestream4j.testkit.S3Fault;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Test;

/** What reading costs in requests, exactly or at most: requests are what users wait for and pay for. */
class RequestBudgetTest {
    private static final int PAGES = 4000;
    private static final PageSize PAGE_SIZE = new PageSize(4096);

    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "secret");

    private static final Environment ENVIRONMENT = KEYS::get;

    @Test
    void openingTakesOneListingAndTwoReadsOfALargeFile() throws Exception {
        try (ScriptedS3Server server = server();
                Reader reader = open(server, Map.of())) {
            assertThat(server.takeRequests()).hasSize(3);
            assertThat(reader.view().commit()).isEqualTo(new Commit(PAGES));
        }
    }

    @Test
    void aScanTakesFewRequestsAndEachPageIsFetchedOnce() throws Exception {
        try (ScriptedS3Server server = server();
                Reader reader = open(server, Map.of())) {
            server.takeRequests();
            scan(reader);
            // 8 MB in ranges of half a megabyte, and the small ones at the beginning.
            assertThat(server.takeRequests()).hasSizeLessThan(40);
            assertThat(reader.database().stats().requests().bytes()).isLessThan(contentBytes() * 11 / 10);
            assertThat(reader.database().stats().wasted()).isZero();
        }
    }

    @Test
    void withoutReadAheadEachPageIsARequest() throws Exception {
        try (ScriptedS3Server server = server();
                Reader reader = open(server, Map.of("readahead", "off"))) {
            server.takeRequests();
            read(reader, 1001, 1050);
            // One is sent twice if this machine stood still for a moment; the second may be given up before it is seen.
            assertThat(server.takeRequests())
                    .hasSizeBetween(50, 50 + (int) reader.database().stats().hedges());
        }
    }

    @Test
    void aPageWhoseAnswerDoesNotComeIsAskedForOnceMoreInsteadOfWaitingForTheTimeout() throws Exception {
        try (ScriptedS3Server server = server();
                Reader reader = open(server, Map.of("readahead", "off"))) {
            long page = 1000;
            for (S3Fault fault : List.of(new S3Fault.Silence(), new S3Fault.Stall(100))) {
                long before;
                do { // A second request is earned by answers, and spent if this machine stood still for a moment.
                    before = reader.database().stats().hedges();
                    read(reader, page, page + 39);
                    page += 40;
                } while (reader.database().stats().hedges() > before);
                server.failNext(fault);
                read(reader, page, page);
                page++;
                assertThat(reader.database().stats().hedges() - before)
                        .as("%s", fault)
                        .isEqualTo(1);
            }
            assertThat(reader.database().stats().retries()).isZero();
        }
    }

    @Test
    void verifyFullReadsALargeFileOnceBeforeItServesItsPages() throws Exception {
        try (ScriptedS3Server server = server();
                Reader reader = open(server, Map.of("verify", "full"))) {
            assertThat(reader.database().stats().requests().bytes()).isEqualTo(contentBytes());
        }
    }

    private static void scan(Reader reader) throws IOException {
        read(reader, 1, PAGES);
    }

    private static void read(Reader reader, long from, long to) throws IOException {
        Snapshot view = reader.view();
        for (long pgno = from; pgno <= to; pgno++) {
            assertThat(reader.page(view, pgno)).isEqualTo(page(pgno));
        }
    }

    private static Reader open(ScriptedS3Server server, Map<String, String> parameters) throws IOException {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("replica_url", server.url("db"));
        all.put("poll_interval", "1h");
        return Engines.process().open(Settings.resolve(all, ENVIRONMENT), ENVIRONMENT, Cancellation.NEVER);
    }

    private static ScriptedS3Server server() throws IOException {
        ScriptedS3Server server = ScriptedS3Server.start("bucket");
        server.put("db/0009/0000000000000001-0000000000000001.ltx", Snapshots.CONTENT, Instant.now());
        return server;
    }

    private static long contentBytes() {
        return Snapshots.CONTENT.length;
    }

    /** Half random, so that it compresses as databases do. */
    private static byte[] page(long pgno) {
        byte[] page = new byte[PAGE_SIZE.bytes()];
        byte[] random = new byte[page.length / 2];
        new Random(pgno).nextBytes(random);
        System.arraycopy(random, 0, page, 100, random.length);
        return page;
    }

    private static final class Snapshots {
        static final byte[] CONTENT = content();

        private static byte[] content() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                LtxWriter writer = new LtxWriter(
                        out,
                        LtxHeader.noChecksum(
                                PAGE_SIZE, new Commit(PAGES), new Txid(1), new Txid(1), 1_700_000_000_000L));
                for (long pgno = 1; pgno <= PAGES; pgno++) {
                    writer.page(pgno, page(pgno));
                }
                writer.finish(0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return out.toByteArray();
        }
    }
}
