package litestream4j.ltx;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole LTX file from a stream and checks all of it: header, every frame, the order of the pages, that a
 * snapshot has all of them, the page index against the frames seen, the trailer, the file checksum, the database
 * checksum if the file is a snapshot with one, and that nothing follows.
 *
 * <pre>
 * while (reader.next()) {
 *     apply(reader.pgno(), reader.page());
 * }
 * LtxTrailer trailer = reader.finish();
 * </pre>
 *
 * <p>The pages are sure to be right only when {@link #next} has returned false: the checksum is at the end.
 * Memory: two pages, a buffer and the {@link PageIndex}. The stream is read ahead, and not closed. Not
 * thread-safe; of no more use after an exception.
 */
public final class LtxReader {
    private static final String INDEX = "page index";

    private final String file;
    private final LtxInput in;
    private final LtxHeader header;
    private final Crc64Iso crc = new Crc64Iso();
    private final PageNumbers order;
    private final @Nullable PageIndexBuilder frames;
    private final FrameTally tally = new FrameTally();
    private final byte[] frame;
    private final byte[] page;
    private final boolean sumsDatabase;
    private long databaseChecksum = DatabaseChecksum.EMPTY;
    private boolean atPage;
    private @Nullable PageIndex index;
    private @Nullable LtxTrailer trailer;

    /**
     * Begins to read a file, with its header.
     *
     * @param file name of the file, for messages
     * @param in the file from its first byte on
     * @throws LtxFormatException if there is no valid header
     * @throws IOException if the stream fails
     */
    public LtxReader(String file, InputStream in) throws IOException {
        this(file, new LtxInput(file, in), true);
    }

    /**
     * Begins to read a file of any size in a fixed amount of memory: everything is checked, but {@link #index} cannot
     * be had. That the page index agrees with the frames is found by a digest of both, so a message about it does not
     * name the entry.
     *
     * @throws LtxFormatException if there is no valid header
     * @throws IOException if the stream fails
     */
    public static LtxReader withoutIndex(String file, InputStream in) throws IOException {
        return new LtxReader(file, new LtxInput(file, in), false);
    }

    /** Begins to read a file that is held in memory. */
    LtxReader(String file, byte[] whole) throws IOException {
        this(file, new LtxInput(file, 0, whole, 0, whole.length), true);
    }

    private LtxReader(String file, LtxInput in, boolean keepsIndex) throws IOException {
        this.file = file;
        this.in = in;
        this.frames = keepsIndex ? new PageIndexBuilder() : null;
        byte[] bytes = new byte[LtxHeader.BYTES];
        this.in.read(bytes, 0, bytes.length, "header");
        header = LtxHeader.parse(file, bytes, 0);
        crc.update(bytes, 0, bytes.length);
        order = new PageNumbers(file, header.commit(), header.pageSize());
        frame = new byte[FrameDecoder.frameBytesMax(header.pageSize())];
        page = new byte[header.pageSize().bytes()];
        sumsDatabase = header.isSnapshot() && !header.noChecksum();
    }

    /** Returns the header, checked. */
    public LtxHeader header() {
        return header;
    }

    /**
     * Goes on to the next page. Behind the last one, reads and checks the rest of the file.
     *
     * @return false if there is none; the whole file is valid then
     * @throws LtxFormatException if the file is not valid, or ends too early
     * @throws IOException if the stream fails
     */
    public boolean next() throws IOException {
        if (trailer != null) {
            return false;
        }
        atPage = false;
        long offset = in.position();
        in.read(frame, 0, FrameDecoder.PAGE_HEADER_BYTES, "page header");
        crc.update(frame, 0, FrameDecoder.PAGE_HEADER_BYTES);
        long pgno = BigEndian.u32(frame, 0);
        int flags = BigEndian.u16(frame, Integer.BYTES);
        if (pgno == 0 && flags == 0) {
            checkComplete(offset);
            PageIndex seen = frames == null ? null : frames.build();
            readIndex(seen);
            trailer = readTrailer();
            index = seen;
            return false;
        }
        // Flags first: where they are wrong, the number means nothing.
        PageEncoding encoding = PageEncoding.ofFlags(file, offset, flags);
        checkOrder(offset, pgno);
        int length = switch (encoding) {
            case BLOCK -> readBlock(offset);
            case FRAME -> FrameDecoder.PAGE_HEADER_BYTES + Lz4Frame.read(in, frame, FrameDecoder.PAGE_HEADER_BYTES);
        };
        FrameDecoder.decode(file, offset, frame, 0, length, pgno, header.pageSize(), page);
        crc.update(page, 0, page.length);
        if (sumsDatabase) {
            databaseChecksum = DatabaseChecksum.combine(databaseChecksum, DatabaseChecksum.page(pgno, page));
        }
        tally.add(pgno, length);
        if (frames != null) {
            frames.add(pgno, length);
        }
        atPage = true;
        return true;
    }

    /**
     * Returns the number of the current page, in [1, commit].
     *
     * @throws IllegalStateException if the last call of {@link #next} did not return true
     */
    public long pgno() {
        checkAtPage();
        return order.previous();
    }

    /**
     * Returns the current page; shape: [pageSize] bytes. The next call of {@link #next} overwrites it.
     *
     * @throws IllegalStateException if the last call of {@link #next} did not return true
     */
    public byte[] page() {
        checkAtPage();
        return page;
    }

    /**
     * Reads what is left of the file, and checks it. Pages not yet visited are passed over.
     *
     * @throws LtxFormatException if the file is not valid, or ends too early
     * @throws IOException if the stream fails
     */
    public LtxTrailer finish() throws IOException {
        LtxTrailer last = trailer;
        while (last == null) {
            next();
            last = trailer;
        }
        return last;
    }

    /**
     * Returns the index of the file, which is checked against the frames seen.
     *
     * @throws IllegalStateException if the file was not read to its end, or is read without index
     */
    public PageIndex index() {
        if (index == null) {
            throw new IllegalStateException("the page index of " + file + " is known only after finish()");
        }
        return index;
    }

    private void checkAtPage() {
        if (!atPage) {
            throw new IllegalStateException("no page of " + file + " is current; next() has to return true first");
        }
    }

    private void checkOrder(long offset, long pgno) throws LtxFormatException {
        long previous = order.previous();
        order.check(offset, pgno);
        if (header.isSnapshot()) {
            long next = PageNumbers.nextOfSnapshot(previous, header.pageSize());
            if (pgno != next) {
                throw new LtxFormatException(file, offset, "page number", next + ", as a snapshot has all pages", pgno);
            }
        }
    }

    private void checkComplete(long offset) throws LtxFormatException {
        long next = PageNumbers.nextOfSnapshot(order.previous(), header.pageSize());
        if (header.isSnapshot() && next <= header.commit().pages()) {
            String expected = "page %d, as a snapshot has all pages to %d"
                    .formatted(next, header.commit().pages());
            throw new LtxFormatException(file, offset, "page number", expected, "the end of the pages");
        }
    }

    /** Reads the rest of a frame with an LZ4 block, and returns the size of the frame. */
    private int readBlock(long offset) throws IOException {
        in.read(frame, FrameDecoder.PAGE_HEADER_BYTES, Integer.BYTES, "payload size");
        crc.update(frame, FrameDecoder.PAGE_HEADER_BYTES, Integer.BYTES);
        long payloadBytes = BigEndian.u32(frame, FrameDecoder.PAGE_HEADER_BYTES);
        int payloadBytesMax = FrameDecoder.blockBytesMax(header.pageSize());
        if (payloadBytes > payloadBytesMax) {
            String expected = "<= %d bytes".formatted(payloadBytesMax);
            throw new LtxFormatException(
                    file, offset + FrameDecoder.PAGE_HEADER_BYTES, "payload size", expected, payloadBytes);
        }
        in.read(frame, FrameDecoder.BLOCK_PREFIX_BYTES, (int) payloadBytes, "page payload");
        return FrameDecoder.BLOCK_PREFIX_BYTES + (int) payloadBytes;
    }

    private void readIndex(@Nullable PageIndex seen) throws IOException {
        long begin = in.position();
        if (seen == null) {
            readEntries();
        } else {
            readEntries(seen);
        }
        byte[] end = new byte[1 + Long.BYTES];
        in.read(end, 0, 1, INDEX);
        if (end[0] != 0) {
            throw new LtxFormatException(
                    file, in.position() - 1, INDEX, "its end after " + tally.frames() + " entries", "another entry");
        }
        long entriesBytes = in.position() - begin;
        in.read(end, 1, Long.BYTES, "page index size");
        crc.update(end, 0, end.length);
        long stored = BigEndian.i64(end, 1);
        if (stored != entriesBytes) {
            throw new LtxFormatException(
                    file,
                    in.position() - Long.BYTES,
                    "page index size",
                    entriesBytes + " bytes",
                    Long.toUnsignedString(stored));
        }
    }

    private void readEntries(PageIndex seen) throws IOException {
        for (int i = 0; i < seen.size(); i++) {
            readIndexField("page number", seen.pgno(i));
            readIndexField("frame offset", seen.offset(i));
            readIndexField("frame size", seen.frameBytes(i));
        }
    }

    private void readEntries() throws IOException {
        long begin = in.position();
        FrameTally stored = new FrameTally();
        for (long i = 0; i < tally.frames(); i++) {
            long pgno = in.readVarint(INDEX, crc);
            readIndexField("frame offset", stored.end());
            stored.add(pgno, in.readVarint(INDEX, crc));
        }
        if (!stored.isSame(tally)) {
            throw new LtxFormatException(
                    file, begin, INDEX, "the pages and sizes of the %d frames".formatted(tally.frames()), "others");
        }
    }

    private void readIndexField(String field, long seen) throws IOException {
        long offset = in.position();
        long stored = in.readVarint(INDEX, crc);
        if (stored != seen) {
            throw new LtxFormatException(
                    file, offset, INDEX + ", " + field, seen + " by the frame", Long.toUnsignedString(stored));
        }
    }

    private LtxTrailer readTrailer() throws IOException {
        long offset = in.position();
        byte[] bytes = new byte[LtxTrailer.BYTES];
        in.read(bytes, 0, bytes.length, "trailer");
        LtxTrailer last = LtxTrailer.parse(file, offset, bytes, 0, header);
        crc.update(bytes, 0, LtxTrailer.COVERED_BYTES);
        long computed = crc.value() | DatabaseChecksum.EMPTY;
        if (last.fileChecksum() != computed) {
            throw new LtxFormatException(
                    file,
                    offset + LtxTrailer.COVERED_BYTES,
                    "file checksum",
                    LtxTrailer.hex(computed) + " by the bytes of the file",
                    LtxTrailer.hex(last.fileChecksum()));
        }
        if (sumsDatabase && last.postApplyChecksum() != databaseChecksum) {
            throw new LtxFormatException(
                    file,
                    offset,
                    "post-apply checksum",
                    LtxTrailer.hex(databaseChecksum) + " by the pages of the snapshot",
                    LtxTrailer.hex(last.postApplyChecksum()));
        }
        if (!in.atEnd()) {
            throw new LtxFormatException(file, in.position(), "end of the file", "nothing after the trailer", "bytes");
        }
        return last;
    }
}
