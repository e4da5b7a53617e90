package litestream4j.ltx;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the page frames of one LTX file lie. Immutable, so safe for use by many threads.
 *
 * <p>Frames stand in the order of their page numbers, the first one right after the header and each next one
 * right after the one before. So their offsets follow from their sizes, and a file in which they do not is
 * rejected. In memory an entry takes 4 bytes if the pages are consecutive from 1, as in every snapshot, else 8.
 *
 * <pre>
 * header: 100 bytes | frames | 6 zero bytes | entries | size of the entries: u64 | trailer: 16 bytes
 * entries: { page number, offset, frame bytes: varint each } ... 0
 * </pre>
 */
public final class PageIndex implements FrameIndex {
    /** What follows the entries: their size, and the trailer. In bytes. */
    public static final int FOOTER_BYTES = Long.BYTES + LtxTrailer.BYTES;

    /** The header, the end-of-pages mark and the footer, which every file has. In bytes. */
    private static final int FIXED_BYTES = LtxHeader.BYTES + FrameDecoder.PAGE_HEADER_BYTES + FOOTER_BYTES;

    private static final String PART = "page index";

    private final int size;

    /** The page numbers, unsigned; empty if they are all the numbers from 1 on but for the hole. */
    private final int[] pgnos;

    /** The page that is left out of consecutive pages: in a large snapshot, the lock page. */
    private final long hole;

    /** The low halves of the frames' offsets, and of the end of the last frame. */
    private final int[] starts;

    /** The places in {@code starts} from which on the high half is greater by one. Frames are less than 4 GiB. */
    private final int[] wraps;

    PageIndex(int size, int[] pgnos, long hole, int[] starts, int[] wraps) {
        this.size = size;
        this.pgnos = pgnos;
        this.hole = hole;
        this.starts = starts;
        this.wraps = wraps;
    }

    /**
     * Returns how many bytes the index entries take, their end mark included. With these and the
     * {@link #FOOTER_BYTES} that follow, {@link #parse parse} can be called.
     *
     * @param file name of the file, for messages
     * @param tail the last bytes of the file, at least 24
     * @param fileBytes size of the whole file, in bytes
     * @return bytes, in [1, fileBytes - 130]
     * @throws LtxFormatException if the tail is shorter, or the recorded size cannot be that of an index in a
     *     file of this size
     */
    public static long entriesBytes(String file, byte[] tail, long fileBytes) throws LtxFormatException {
        if (fileBytes <= FIXED_BYTES) {
            throw new LtxFormatException(file, 0, "file size", ">= " + (FIXED_BYTES + 1) + " bytes", fileBytes);
        }
        long sizeOffset = fileBytes - FOOTER_BYTES;
        if (tail.length < FOOTER_BYTES || tail.length > fileBytes) {
            String expected = "[%d, %d] bytes from the end of the file".formatted(FOOTER_BYTES, fileBytes);
            throw new LtxFormatException(file, sizeOffset, PART, expected, tail.length + " bytes");
        }
        // Compared as a long before it is used: the number may be anything.
        long bytes = BigEndian.i64(tail, tail.length - FOOTER_BYTES);
        long bytesMax = fileBytes - FIXED_BYTES;
        if (bytes < 1 || bytes > bytesMax) {
            String expected = "[1, %d] bytes".formatted(bytesMax);
            throw new LtxFormatException(file, sizeOffset, "page index size", expected, Long.toUnsignedString(bytes));
        }
        return bytes;
    }

    /**
     * Reads and checks the index.
     *
     * <p>Checked are: page numbers ascend and are within the commit, and none is that of the lock page; no frame
     * is larger than any encoding of a page can be; the first frame begins at byte 100, each next one where the
     * one before ends, and the last one ends at the end-of-pages mark; the entries end at their size field.
     *
     * @param file name of the file, for messages
     * @param tail the last bytes of the file, at least the entries and the 24 bytes behind them
     * @param fileBytes size of the whole file, in bytes
     * @param commit from the file's header, if known
     * @param pageSize from the file's header, if known
     * @throws LtxFormatException if a check fails, or the tail does not reach back to the first entry
     */
    public static PageIndex parse(
            String file, byte[] tail, long fileBytes, @Nullable Commit commit, @Nullable PageSize pageSize)
            throws LtxFormatException {
        long entriesBytes = entriesBytes(file, tail, fileBytes);
        long entriesOffset = fileBytes - FOOTER_BYTES - entriesBytes;
        int entriesEnd = tail.length - FOOTER_BYTES;
        if (entriesBytes > entriesEnd) {
            String expected = "%d bytes from the end of the file".formatted(entriesBytes + FOOTER_BYTES);
            throw new LtxFormatException(file, entriesOffset, PART, expected, tail.length);
        }
        int from = entriesEnd - (int) entriesBytes;
        LtxInput in = new LtxInput(file, entriesOffset, tail, from, entriesEnd);
        PageNumbers order = new PageNumbers(file, commit, pageSize);
        try {
            return read(in, order, entriesOffset - FrameDecoder.PAGE_HEADER_BYTES, pageSize);
        } catch (LtxFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("reading from memory failed", e);
        }
    }

    private static PageIndex read(LtxInput in, PageNumbers order, long framesEnd, @Nullable PageSize pageSize)
            throws IOException {
        int frameBytesMax = FrameDecoder.frameBytesMax(pageSize == null ? new PageSize(PageSize.BYTES_MAX) : pageSize);
        PageIndexBuilder index = new PageIndexBuilder();
        while (true) {
            long entry = in.position();
            long pgno = in.readVarint(PART, null);
            if (pgno == 0 && in.position() == entry + 1) {
                break;
            }
            order.check(entry, pgno);
            long offset = in.readVarint(PART, null);
            if (offset != index.end()) {
                String field = "frame offset of page " + pgno;
                throw new LtxFormatException(in.file(), entry, field, index.end(), Long.toUnsignedString(offset));
            }
            long bytes = in.readVarint(PART, null);
            long bytesMax = Math.min(frameBytesMax, framesEnd - offset);
            if (bytes <= FrameDecoder.PAGE_HEADER_BYTES || bytes > bytesMax) {
                String field = "frame size of page " + pgno;
                String expected = "[%d, %d] bytes".formatted(FrameDecoder.PAGE_HEADER_BYTES + 1, bytesMax);
                throw new LtxFormatException(in.file(), entry, field, expected, Long.toUnsignedString(bytes));
            }
            index.add(pgno, (int) bytes);
        }
        if (!in.atEnd()) {
            throw new LtxFormatException(in.file(), in.position(), PART, "its end after the zero byte", "more bytes");
        }
        if (index.end() != framesEnd) {
            throw new LtxFormatException(in.file(), framesEnd, "end of the last frame", framesEnd, index.end());
        }
        return index.build();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long pgno(int i) {
        if (pgnos.length != 0) {
            return Integer.toUnsignedLong(pgnos[i]);
        }
        long pgno = i + 1L;
        return pgno < hole ? pgno : pgno + 1;
    }

    @Override
    public boolean isKnown(int i) {
        return true;
    }

    @Override
    public long offset(int i) {
        long high = 0;
        // A file of 100 GB has 24 of these; nearly all have none.
        while (high < wraps.length && wraps[(int) high] <= i) {
            high++;
        }
        return high << Integer.SIZE | Integer.toUnsignedLong(starts[i]);
    }

    @Override
    public int frameBytes(int i) {
        return starts[i + 1] - starts[i];
    }

    @Override
    public int find(long pgno) {
        if (pgno < 1 || pgno > Commit.PAGES_MAX || size == 0) {
            return -1;
        }
        if (pgnos.length == 0) {
            long i = pgno < hole ? pgno - 1 : pgno - 2;
            return pgno == hole || i >= size ? -1 : (int) i;
        }
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compare(Integer.toUnsignedLong(pgnos[middle]), pgno);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    @Override
    public long memoryBytes() {
        return (long) Integer.BYTES * ((long) pgnos.length + starts.length + wraps.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PageIndex o
                && size == o.size
                && hole == o.hole
                && Arrays.equals(pgnos, o.pgnos)
                && Arrays.equals(starts, o.starts)
                && Arrays.equals(wraps, o.wraps);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(pgnos) + Arrays.hashCode(starts);
    }

    @Override
    public String toString() {
        return size == 0 ? "no pages" : "%d pages in [%d, %d]".formatted(size, pgno(0), pgno(size - 1));
    }
}
