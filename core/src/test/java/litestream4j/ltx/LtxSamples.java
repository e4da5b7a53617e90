package litestream4j.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small files to read, and pages to put in them. */
final class LtxSamples {
    static final String FILE = "sample.ltx";

    /** 2026-01-15T10:30:00Z. */
    static final long TIMESTAMP_MILLIS = 1768473000000L;

    private LtxSamples() {}

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    }

    static long seed() {
        return Long.getLong("test.seed", System.nanoTime());
    }

    static LtxHeader header(int pageBytes, long commit, long min, long max) {
        return LtxHeader.noChecksum(
                new PageSize(pageBytes), new Commit(commit), new Txid(min), new Txid(max), TIMESTAMP_MILLIS);
    }

    static LtxHeader headerWithChecksums(int pageBytes, long commit, long min, long max) {
        long preApply = min == 1 ? 0 : 0x8123_4567_89AB_CDEFL;
        return new LtxHeader(
                false,
                new PageSize(pageBytes),
                new Commit(commit),
                new Txid(min),
                new Txid(max),
                TIMESTAMP_MILLIS,
                preApply,
                0,
                0,
                0,
                0,
                0);
    }

    static byte[] file(LtxHeader header, PageEncoding encoding, SortedMap<Long, byte[]> pages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long checksum = DatabaseChecksum.EMPTY;
        try {
            LtxWriter writer = new LtxWriter(out, header, encoding);
            for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
                writer.page(page.getKey(), page.getValue());
                checksum = DatabaseChecksum.combine(checksum, DatabaseChecksum.page(page.getKey(), page.getValue()));
            }
            writer.finish(header.noChecksum() ? 0 : checksum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A snapshot of some pages with content of all kinds. */
    static byte[] snapshot(int pageBytes, int pages, PageEncoding encoding, boolean checksums, Random random) {
        LtxHeader header = checksums ? headerWithChecksums(pageBytes, pages, 1, 1) : header(pageBytes, pages, 1, 1);
        SortedMap<Long, byte[]> content = new TreeMap<>();
        for (long pgno = 1; pgno <= pages; pgno++) {
            content.put(pgno, page(pageBytes, random));
        }
        return file(header, encoding, content);
    }

    /** Returns a page that is empty, random, or in between. */
    static byte[] page(int pageBytes, Random random) {
        byte[] page = new byte[pageBytes];
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> random.nextBytes(page);
            case 2 -> {
                for (int i = 0; i < pageBytes; i++) {
                    page[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : i / 16);
                }
            }
            default -> {
                int period = 1 + random.nextInt(40);
                for (int i = 0; i < pageBytes; i++) {
                    page[i] = i < period ? (byte) random.nextInt() : page[i - period];
                }
            }
        }
        return page;
    }
}
