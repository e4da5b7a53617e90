package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LtxRoundTripTest {
    /**
     * Property: every file that the writer makes is read back, by the stream and by single pages.
     * Method: all page sizes, both encodings, snapshots and increments of random pages, some around the lock page.
     */
    @Test
    void whatIsWrittenIsRead() throws Exception {
        long seed = LtxSamples.seed();
        Random random = new Random(seed);
        for (int pageBytes = PageSize.BYTES_MIN; pageBytes <= PageSize.BYTES_MAX; pageBytes *= 2) {
            for (PageEncoding encoding : PageEncoding.values()) {
                for (int round = 0; round < 12; round++) {
                    String as = "seed=%d pageBytes=%d %s round=%d".formatted(seed, pageBytes, encoding, round);
                    SortedMap<Long, byte[]> pages = new TreeMap<>();
                    LtxHeader header = round % 3 == 0
                            ? snapshot(pageBytes, round, pages, random)
                            : increment(pageBytes, round, pages, random);
                    assertReadBack(header, encoding, pages, as);
                }
            }
        }
    }

    private static LtxHeader snapshot(int pageBytes, int round, SortedMap<Long, byte[]> pages, Random random) {
        int n = random.nextInt(12);
        for (long pgno = 1; pgno <= n; pgno++) {
            pages.put(pgno, LtxSamples.page(pageBytes, random));
        }
        return round % 2 == 0
                ? LtxSamples.header(pageBytes, n, 1, 7)
                : LtxSamples.headerWithChecksums(pageBytes, n, 1, 7);
    }

    private static LtxHeader increment(int pageBytes, int round, SortedMap<Long, byte[]> pages, Random random) {
        long lockPage = new PageSize(pageBytes).lockPage();
        long from = round % 3 == 1 ? lockPage - 4 : 1;
        for (int i = random.nextInt(12); i > 0; i--) {
            pages.put(from + random.nextInt(10), LtxSamples.page(pageBytes, random));
        }
        pages.remove(lockPage);
        if (round == 11) {
            pages.put(0xFFFF_FFFFL, LtxSamples.page(pageBytes, random));
        }
        long commit = pages.isEmpty() ? from : pages.lastKey();
        return round % 2 == 0
                ? LtxSamples.header(pageBytes, commit, 2, 7)
                : LtxSamples.headerWithChecksums(pageBytes, commit, 2, 7);
    }

    private static void assertReadBack(
            LtxHeader header, PageEncoding encoding, SortedMap<Long, byte[]> pages, String as) throws Exception {
        byte[] file = LtxSamples.file(header, encoding, pages);
        LtxFileContents contents = LtxFileContents.parse(header.name(), "f", file);
        assertThat(contents.header()).as(as).isEqualTo(header);
        assertThat(contents.index().size()).as(as).isEqualTo(pages.size());
        for (var page : pages.entrySet()) {
            assertThat(Arrays.equals(contents.page(page.getKey()), page.getValue()))
                    .as(as)
                    .isTrue();
        }
        assertThat(PageIndex.parse("f", file, file.length, header.commit(), header.pageSize()))
                .as(as)
                .isEqualTo(contents.index());
    }

    /** The only database that is large enough for a lock page and yet small enough for a test: 1 GiB of zeros. */
    @Test
    void snapshotJumpsOverTheLockPage() throws Exception {
        PageSize pageSize = new PageSize(65536);
        long commit = pageSize.lockPage() + 2;
        LtxHeader header = LtxSamples.header(pageSize.bytes(), commit, 1, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(6 << 20);
        LtxWriter writer = new LtxWriter(out, header);
        byte[] zeros = new byte[pageSize.bytes()];
        for (long pgno = 1; pgno <= commit; pgno++) {
            if (pgno != pageSize.lockPage()) {
                writer.page(pgno, zeros);
            }
        }
        writer.finish(0);
        byte[] file = out.toByteArray();
        LtxReader reader = new LtxReader("f", new ByteArrayInputStream(file));
        reader.finish();
        PageIndex index = reader.index();
        assertThat(index.size()).isEqualTo((int) commit - 1);
        assertThat(index.find(pageSize.lockPage())).isEqualTo(-1);
        assertThat(index.find(pageSize.lockPage() + 1)).isEqualTo(16384);
        assertThat(index.memoryBytes()).isLessThan(4 * commit + 100);
        assertThat(PageIndex.parse("f", file, file.length, header.commit(), pageSize))
                .isEqualTo(index);
    }
}
