package litestream4j.ltx;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes one LTX file to a stream: the header at once, then pages in ascending order, then index and trailer.
 *
 * <p>Memory: a frame, and the {@link PageIndex}. The stream is flushed at the end, and not closed. Not
 * thread-safe; of no more use after an exception of the stream.
 */
public final class LtxWriter {
    /** Basis: entries take 6 to 9 bytes, so this is a call for every thousand pages. */
    private static final int INDEX_CHUNK_BYTES = 8 * 1024;

    private static final int VARINT_BYTES_MAX = 10;

    private final OutputStream out;
    private final LtxHeader header;
    private final FrameEncoder encoder;
    private final Crc64Iso crc = new Crc64Iso();
    private final PageIndexBuilder frames = new PageIndexBuilder();
    private long previous;
    private long databaseChecksum = DatabaseChecksum.EMPTY;
    private boolean finished;

    /** Begins a file whose pages are encoded as the present Litestream does, {@link PageEncoding#BLOCK}. */
    public LtxWriter(OutputStream out, LtxHeader header) throws IOException {
        this(out, header, PageEncoding.BLOCK);
    }

    /**
     * Begins a file, and writes its header.
     *
     * @param encoding of all its pages
     * @throws IOException if the stream fails
     */
    public LtxWriter(OutputStream out, LtxHeader header, PageEncoding encoding) throws IOException {
        this.out = out;
        this.header = header;
        this.encoder = new FrameEncoder(encoding, header.pageSize());
        write(header.encode());
    }

    /**
     * Writes one page.
     *
     * @param pgno greater than that of the page before, in [1, commit], not the lock page; in a snapshot, the
     *     page that comes next
     * @param page shape: [pageSize] bytes
     * @throws IllegalArgumentException if the page cannot come next, or has another size
     * @throws IllegalStateException if the file is finished
     * @throws IOException if the stream fails
     */
    public void page(long pgno, byte[] page) throws IOException {
        checkNotFinished();
        checkOrder(pgno);
        if (page.length != header.pageSize().bytes()) {
            throw new IllegalArgumentException("page %d: expected %d bytes, found %d"
                    .formatted(pgno, header.pageSize().bytes(), page.length));
        }
        int length = encoder.encode(pgno, page);
        crc.update(encoder.frame(), 0, encoder.coveredBytes());
        crc.update(page, 0, page.length);
        out.write(encoder.frame(), 0, length);
        frames.add(pgno, length);
        if (sumsDatabase()) {
            databaseChecksum = DatabaseChecksum.combine(databaseChecksum, DatabaseChecksum.page(pgno, page));
        }
        previous = pgno;
    }

    /**
     * Writes what follows the pages.
     *
     * @param postApplyChecksum rolling checksum of the database after the file is applied; 0 with NoChecksum
     * @throws IllegalArgumentException if the checksum cannot be that of the file
     * @throws IllegalStateException if the file is finished, or is a snapshot and lacks a page
     * @throws IOException if the stream fails
     */
    public LtxTrailer finish(long postApplyChecksum) throws IOException {
        checkNotFinished();
        checkComplete();
        checkPostApply(postApplyChecksum);
        finished = true;
        write(new byte[FrameDecoder.PAGE_HEADER_BYTES]);
        writeIndex(frames.build());
        byte[] covered = new byte[LtxTrailer.COVERED_BYTES];
        BigEndian.put64(covered, 0, postApplyChecksum);
        crc.update(covered, 0, covered.length);
        LtxTrailer trailer = new LtxTrailer(postApplyChecksum, crc.value() | DatabaseChecksum.EMPTY);
        out.write(trailer.encode());
        out.flush();
        return trailer;
    }

    private void checkNotFinished() {
        if (finished) {
            throw new IllegalStateException(header.name() + " is finished, nothing can be added to it");
        }
    }

    private void checkOrder(long pgno) {
        if (pgno <= previous || pgno > header.commit().pages()) {
            throw new IllegalArgumentException("page number: expected [%d, %d], found %d"
                    .formatted(previous + 1, header.commit().pages(), pgno));
        }
        if (pgno == header.pageSize().lockPage()) {
            throw new IllegalArgumentException("page %d is the lock page, which is never stored".formatted(pgno));
        }
        long next = PageNumbers.nextOfSnapshot(previous, header.pageSize());
        if (header.isSnapshot() && pgno != next) {
            throw new IllegalArgumentException(
                    "page number: expected %d, as a snapshot has all pages, found %d".formatted(next, pgno));
        }
    }

    private void checkComplete() {
        long next = PageNumbers.nextOfSnapshot(previous, header.pageSize());
        if (header.isSnapshot() && next <= header.commit().pages()) {
            throw new IllegalStateException("page %d is missing: a snapshot has all pages to %d"
                    .formatted(next, header.commit().pages()));
        }
    }

    private void checkPostApply(long postApplyChecksum) {
        String expected = LtxTrailer.expectedPostApply(postApplyChecksum, header);
        if (expected.isEmpty() && sumsDatabase() && postApplyChecksum != databaseChecksum) {
            expected = LtxTrailer.hex(databaseChecksum) + " by the pages of the snapshot";
        }
        if (!expected.isEmpty()) {
            throw new IllegalArgumentException("post-apply checksum: expected %s, found %s"
                    .formatted(expected, LtxTrailer.hex(postApplyChecksum)));
        }
    }

    private boolean sumsDatabase() {
        return header.isSnapshot() && !header.noChecksum();
    }

    private void writeIndex(PageIndex index) throws IOException {
        byte[] chunk = new byte[INDEX_CHUNK_BYTES];
        int filled = 0;
        long entriesBytes = 0;
        for (int i = 0; i < index.size(); i++) {
            if (chunk.length - filled < 3 * VARINT_BYTES_MAX) {
                write(chunk, filled);
                entriesBytes += filled;
                filled = 0;
            }
            filled = putVarint(chunk, filled, index.pgno(i));
            filled = putVarint(chunk, filled, index.offset(i));
            filled = putVarint(chunk, filled, index.frameBytes(i));
        }
        chunk[filled++] = 0;
        write(chunk, filled);
        byte[] size = new byte[Long.BYTES];
        BigEndian.put64(size, 0, entriesBytes + filled);
        write(size);
    }

    /** Returns the place behind the number. */
    private static int putVarint(byte[] bytes, int at, long value) {
        long rest = value;
        int end = at;
        while ((rest & ~0x7FL) != 0) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
        return end;
    }

    private void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    private void write(byte[] bytes, int length) throws IOException {
        crc.update(bytes, 0, length);
        out.write(bytes, 0, length);
    }
}
