package litestream4j.ltx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The index of a large snapshot, read in sections when they are needed: that of 100 GB takes some 300 MB. Which pages
 * a snapshot holds is known without it: all of them, from 1 to the commit, but the lock page.
 *
 * <p>Entries are numbers of variable length, so where one of them stands can only be estimated, see {@link EntrySizes};
 * but they tell themselves where they begin, since page numbers are consecutive and each frame begins where the one
 * before ends. What is read is checked by that, and against the sections around it.
 *
 * <p>Safe for use by many threads; asking for what is known takes no lock.
 */
public final class SnapshotIndex implements FrameIndex {
    /** What is read at a time, in bytes: entries of some 7000 pages, or 20 MB of a database. */
    public static final int SECTION_BYTES = 64 * 1024;

    /** Entries that have to fit together before bytes from the middle are taken for what they seem to be. */
    private static final int ALIGNED_ENTRIES = 4;

    /** The longest entry: page number, offset and size as varints. */
    private static final int ENTRY_BYTES_MAX = 5 + 10 + 5;

    private static final String PART = "page index";

    private final String file;
    private final long entriesOffset;
    private final long entriesBytes;
    private final long framesEnd;
    private final int size;
    private final long lockPage;
    private final int frameBytesMax;
    private final EntrySizes sizes;

    /** What is known, in order; replaced as a whole. */
    private volatile Section[] sections = {};

    /**
     * Entries in a row.
     *
     * @param first number of the first entry
     * @param base offset of its frame
     * @param starts offsets of all frames less the base, and of the end of the last one
     * @param from where the first entry stands, in bytes from the begin of all entries
     * @param to where the last one ends
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Section(int first, long base, int[] starts, long from, long to) {
        int end() {
            return first + starts.length - 1;
        }

        long offset(int i) {
            return base + Integer.toUnsignedLong(starts[i - first]);
        }
    }

    /**
     * A part of the file that has to be read.
     *
     * @param offset from the begin of the file, in bytes
     * @param length in bytes
     */
    public record Part(long offset, int length) {}

    /**
     * Begins with what the header and the end of the file tell.
     *
     * @param file name of the file, for messages
     * @param header of a snapshot with at least one page
     * @param tail the last bytes of the file, more than 24
     * @param fileBytes size of the whole file, in bytes
     * @throws LtxFormatException if the tail cannot be that of such a file
     */
    public SnapshotIndex(String file, LtxHeader header, byte[] tail, long fileBytes) throws LtxFormatException {
        this.file = file;
        this.entriesBytes = PageIndex.entriesBytes(file, tail, fileBytes);
        this.entriesOffset = fileBytes - PageIndex.FOOTER_BYTES - entriesBytes;
        this.framesEnd = entriesOffset - FrameDecoder.PAGE_HEADER_BYTES;
        this.lockPage = header.pageSize().lockPage();
        long pages = header.commit().pages();
        this.size = (int) Math.min(Integer.MAX_VALUE - 8, pages >= lockPage ? pages - 1 : pages);
        this.frameBytesMax = FrameDecoder.frameBytesMax(header.pageSize());
        this.sizes = new EntrySizes((framesEnd - LtxHeader.BYTES) / (double) size);
        if (size < 1 || entriesBytes < 3L * size) {
            throw wrong(entriesOffset, "entries of " + size + " pages", entriesBytes + " bytes");
        }
        add(fileBytes - tail.length, Arrays.copyOf(tail, tail.length - PageIndex.FOOTER_BYTES));
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long pgno(int i) {
        return i + 1L < lockPage ? i + 1L : i + 2L;
    }

    @Override
    public int find(long pgno) {
        long i = pgno < lockPage ? pgno - 1 : pgno - 2;
        return pgno < 1 || pgno == lockPage || i >= size ? -1 : (int) i;
    }

    @Override
    public boolean isKnown(int i) {
        return section(i) != null;
    }

    @Override
    public long offset(int i) {
        return known(i).offset(i);
    }

    @Override
    public int frameBytes(int i) {
        Section section = known(i);
        return (int) (section.offset(i + 1) - section.offset(i));
    }

    @Override
    public long memoryBytes() {
        long bytes = 0;
        for (Section section : sections) {
            bytes += (long) Integer.BYTES * section.starts.length;
        }
        return bytes;
    }

    private Section known(int i) {
        Section section = section(i);
        if (section == null) {
            throw new IllegalStateException("entry " + i + " of " + file + " was not read");
        }
        return section;
    }

    private @Nullable Section section(int i) {
        Section[] all = sections;
        int below = below(all, i);
        return below >= 0 && i < all[below].end() ? all[below] : null;
    }

    /** Returns the last section that begins at an entry or before it; -1 if none does. */
    private static int below(Section[] all, int i) {
        int low = 0;
        int high = all.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all[middle].first <= i) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /**
     * Returns what to read to come to know a frame. What is read goes to {@link #add}; the frame may still not be known
     * then, but the next part is a better one.
     */
    public Part partFor(int i) {
        Section[] all = sections;
        int below = below(all, i);
        int lowEntry = below < 0 ? 0 : all[below].end();
        long low = below < 0 ? 0 : all[below].to;
        int highEntry = below + 1 < all.length ? all[below + 1].first : size;
        long high = below + 1 < all.length ? all[below + 1].from : entriesBytes - 1;
        if (high - low <= SECTION_BYTES) {
            return new Part(entriesOffset + low, (int) (high - low));
        }
        double share = (sizes.of(i) - sizes.of(lowEntry)) / (sizes.of(highEntry) - sizes.of(lowEntry));
        long from = low + (long) (share * (high - low)) - SECTION_BYTES / 2;
        return new Part(entriesOffset + Math.clamp(from, low, high - SECTION_BYTES), SECTION_BYTES);
    }

    /**
     * Takes in frames from the begin of the file, whose sizes they tell themselves; those with an LZ4 frame do not.
     *
     * @param head the first bytes of the file
     */
    public void addFrames(byte[] head) {
        int[] starts = new int[head.length / FrameDecoder.BLOCK_PREFIX_BYTES + 1];
        int at = LtxHeader.BYTES;
        int count = 0;
        long bytes = 0;
        while (count < size
                && head.length - at >= FrameDecoder.BLOCK_PREFIX_BYTES
                && BigEndian.u32(head, at) == pgno(count)
                && BigEndian.u16(head, at + Integer.BYTES) == 1) {
            long length = FrameDecoder.BLOCK_PREFIX_BYTES + BigEndian.u32(head, at + FrameDecoder.PAGE_HEADER_BYTES);
            if (length > Math.min(frameBytesMax, head.length - at)) {
                break;
            }
            bytes += EntrySizes.varint(pgno(count)) + EntrySizes.varint(at) + EntrySizes.varint(length);
            at += (int) length;
            starts[++count] = at - LtxHeader.BYTES;
        }
        if (count > 0 && !isKnown(0)) {
            insert(new Section(0, LtxHeader.BYTES, Arrays.copyOf(starts, count + 1), 0, bytes));
        }
    }

    /**
     * Takes in a part of the file.
     *
     * @param offset of its first byte, from the begin of the file
     * @throws LtxFormatException if it does not hold entries, or they contradict others
     */
    public void add(long offset, byte[] part) throws LtxFormatException {
        int from = (int) Math.max(0, entriesOffset - offset);
        if (offset + from != entriesOffset && !isBoundary(offset - entriesOffset)) {
            from = align(part);
        }
        if (from < 0) {
            throw wrong(offset, "entries of consecutive pages", "none");
        }
        Section section = read(offset - entriesOffset, part, from);
        if (section != null) {
            checkAgainstOthers(section);
            insert(section);
        }
    }

    private boolean isBoundary(long at) {
        for (Section section : sections) {
            if (section.to == at) {
                return true;
            }
        }
        return false;
    }

    /** Returns where the first entry in a part begins, or -1. */
    private int align(byte[] part) {
        for (int from = 0; from < Math.min(ENTRY_BYTES_MAX, part.length); from++) {
            Entry entry = new Entry(part, from);
            int fitting = 0;
            while (fitting < ALIGNED_ENTRIES && entry.next() && (fitting == 0 || entry.follows(this)) && isIn(entry)) {
                fitting++;
            }
            // At the very end there are fewer.
            if (fitting == ALIGNED_ENTRIES || (fitting > 0 && entry.isEnd() && entry.end() == framesEnd)) {
                return from;
            }
        }
        return -1;
    }

    private boolean isIn(Entry entry) {
        int i = find(entry.pgno);
        return i >= 0
                && entry.offset >= LtxHeader.BYTES
                && entry.bytes > FrameDecoder.PAGE_HEADER_BYTES
                && entry.bytes <= frameBytesMax
                && entry.end() <= framesEnd
                && (i == 0) == (entry.offset == LtxHeader.BYTES);
    }

    private @Nullable Section read(long at, byte[] part, int from) throws LtxFormatException {
        Entry entry = new Entry(part, from);
        int[] starts = new int[part.length / 3 + 2];
        int first = 0;
        long base = 0;
        int count = 0;
        int to = from;
        while (entry.next()) {
            if (!isIn(entry) || (count > 0 && !entry.follows(this))) {
                String found = "page %d at %d with %d bytes".formatted(entry.pgno, entry.offset, entry.bytes);
                throw wrong(entriesOffset + at + to, "the entry that follows that of the page before", found);
            }
            if (count == 0) {
                first = find(entry.pgno);
                base = entry.offset;
            }
            to = entry.position();
            starts[++count] = (int) (entry.end() - base);
        }
        boolean atEnd = entriesBytes - 1 == at + to;
        boolean isLast = count > 0 && first + count == size;
        if (count > 0 && (isLast != atEnd || (isLast && base + Integer.toUnsignedLong(starts[count]) != framesEnd))) {
            throw wrong(
                    entriesOffset + at + to, "the end of the entries after page " + pgno(size - 1), "none, or before");
        }
        return count == 0 ? null : new Section(first, base, Arrays.copyOf(starts, count + 1), at + from, at + to);
    }

    private void checkAgainstOthers(Section section) throws LtxFormatException {
        for (Section other : sections) {
            boolean before = other.end() == section.first;
            boolean behind = section.end() == other.first;
            if ((before && (other.offset(section.first) != section.base || other.to != section.from))
                    || (behind && (section.offset(other.first) != other.base || section.to != other.from))) {
                throw wrong(entriesOffset + section.from, "entries that fit those around them", "others");
            }
        }
    }

    private synchronized void insert(Section section) {
        Section[] all = sections;
        int place = below(all, section.first) + 1;
        if (place > 0 && all[place - 1].end() >= section.end()) {
            return; // Known by now.
        }
        Section[] more = new Section[all.length + 1];
        System.arraycopy(all, 0, more, 0, place);
        more[place] = section;
        System.arraycopy(all, place, more, place + 1, all.length - place);
        sections = more;
    }

    private LtxFormatException wrong(long offset, Object expected, Object found) {
        return new LtxFormatException(file, offset, PART, expected, found);
    }

    /** Entries, one after the other. */
    private static final class Entry {
        private final byte[] bytesOfAll;
        private int at;
        private boolean ended;
        long pgno;
        long offset;
        long bytes;

        private long previousPgno;
        private long previousEnd;

        Entry(byte[] bytesOfAll, int from) {
            this.bytesOfAll = bytesOfAll;
            this.at = from;
        }

        /** Moves to the next entry; false if there is none, or it is cut off. */
        boolean next() {
            int begin = at;
            previousPgno = pgno;
            previousEnd = offset + bytes;
            if (at < bytesOfAll.length && bytesOfAll[at] == 0) {
                ended = true;
                return false;
            }
            pgno = varint();
            offset = varint();
            bytes = varint();
            if (pgno < 0 || offset < 0 || bytes < 0) {
                at = begin;
                return false;
            }
            return true;
        }

        /** Returns -1 if the number is cut off, or larger than any here. */
        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE - 1 && at < bytesOfAll.length; shift += 7) {
                byte b = bytesOfAll[at++];
                value |= (b & 0x7FL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            return -1;
        }

        boolean follows(SnapshotIndex index) {
            return index.find(pgno) == index.find(previousPgno) + 1 && offset == previousEnd;
        }

        long end() {
            return offset + bytes;
        }

        int position() {
            return at;
        }

        boolean isEnd() {
            return ended;
        }
    }
}
