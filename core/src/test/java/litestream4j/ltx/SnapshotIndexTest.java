package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Method: only the entries of the files exist; the index under test and the whole one are asked the same. */
class SnapshotIndexTest {
    private static final int TAIL_BYTES = SnapshotIndex.SECTION_BYTES;

    private final long seed = LtxSamples.seed();
    private final Random random = new Random(seed);

    /** The entries of a snapshot and what follows them, as they would lie at the end of its file. */
    private static final class Tail {
        final LtxHeader header;
        final byte[] bytes;
        final long fileBytes;

        Tail(PageSize pageSize, int pages, Random random, int frameBytesMin, int frameBytesMax) {
            header = LtxHeader.noChecksum(pageSize, new Commit(pages), new Txid(1), new Txid(1), 1);
            ByteArrayOutputStream entries = new ByteArrayOutputStream();
            long offset = LtxHeader.BYTES;
            for (long pgno = 1; pgno <= pages; pgno++) {
                if (pgno != pageSize.lockPage()) {
                    // Data is of one kind here and of another there.
                    int spread = pgno / 5000 % 2 == 0 ? frameBytesMax : (frameBytesMin + frameBytesMax) / 2;
                    int bytes = random.nextInt(frameBytesMin, spread + 1);
                    varint(entries, pgno);
                    varint(entries, offset);
                    varint(entries, bytes);
                    offset += bytes;
                }
            }
            entries.write(0);
            long entriesBytes = entries.size();
            entries.writeBytes(ByteBuffer.allocate(24).putLong(entriesBytes).array());
            bytes = entries.toByteArray();
            fileBytes = offset + FrameDecoder.PAGE_HEADER_BYTES + bytes.length;
        }

        byte[] part(SnapshotIndex.Part part) {
            int from = (int) (part.offset() - (fileBytes - bytes.length));
            return Arrays.copyOfRange(bytes, from, from + part.length());
        }

        SnapshotIndex index() throws LtxFormatException {
            byte[] tail = Arrays.copyOfRange(bytes, Math.max(0, bytes.length - TAIL_BYTES), bytes.length);
            return new SnapshotIndex("f", header, tail, fileBytes);
        }

        private static void varint(ByteArrayOutputStream out, long value) {
            long left = value;
            while (left > 0x7F) {
                out.write((int) ((left & 0x7F) | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
        }
    }

    /** Returns the number of parts that were read. */
    private static int require(SnapshotIndex index, Tail tail, int i) throws LtxFormatException {
        int parts = 0;
        while (!index.isKnown(i)) {
            SnapshotIndex.Part part = index.partFor(i);
            index.add(part.offset(), tail.part(part));
            if (++parts == 20) {
                throw new AssertionError("entry " + i + " is not found");
            }
        }
        return parts;
    }

    /** Property: whatever is asked first, each frame is where the whole index says, and few parts are read for it. */
    @Test
    void anyFrameIsFoundWithFewParts() throws LtxFormatException {
        for (int round = 0; round < 12; round++) {
            PageSize pageSize = new PageSize(round % 3 == 0 ? 65536 : 4096);
            int pages = 20_000 + random.nextInt(300_000);
            Tail tail = new Tail(pageSize, pages, random, 20 + random.nextInt(2000), 4100);
            PageIndex whole = PageIndex.parse("f", tail.bytes, tail.fileBytes, tail.header.commit(), pageSize);
            SnapshotIndex index = tail.index();
            assertThat(index.size()).isEqualTo(whole.size());
            int parts = 0;
            for (int k = 0; k < 50; k++) {
                int i = random.nextInt(index.size() / 2);
                int more = require(index, tail, i);
                assertThat(more).as("seed=%d round=%d entry=%d", seed, round, i).isLessThanOrEqualTo(4);
                parts += more;
            }
            assertThat(parts).as("seed=%d round=%d", seed, round).isLessThan(100);
            for (int i = 0; i < index.size(); i++) {
                require(index, tail, i);
                if (index.pgno(i) != whole.pgno(i)
                        || index.find(whole.pgno(i)) != i
                        || index.offset(i) != whole.offset(i)
                        || index.frameBytes(i) != whole.frameBytes(i)) {
                    throw new AssertionError("seed=%d round=%d entry=%d".formatted(seed, round, i));
                }
            }
            assertThat(index.memoryBytes()).isLessThan(5L * index.size());
        }
    }

    @Test
    void offsetsBeyondFourGigabytesAreFound() throws LtxFormatException {
        Tail tail = new Tail(new PageSize(65536), 150_000, random, 60_000, 65_000);
        PageIndex whole = PageIndex.parse("f", tail.bytes, tail.fileBytes, null, null);
        SnapshotIndex index = tail.index();
        for (int i : new int[] {0, 70_000, 99_999, 149_998}) {
            require(index, tail, i);
            assertThat(index.offset(i)).isEqualTo(whole.offset(i));
        }
        assertThat(index.find(new PageSize(65536).lockPage())).isEqualTo(-1);
        assertThat(index.find(150_001)).isEqualTo(-1);
    }

    @Test
    void anEndThatIsNotThatOfTheSnapshotIsRefused() {
        Tail tail = new Tail(new PageSize(4096), 50_000, random, 100, 4000);
        byte[] end = Arrays.copyOfRange(tail.bytes, tail.bytes.length - TAIL_BYTES, tail.bytes.length);
        LtxHeader other = LtxHeader.noChecksum(new PageSize(4096), new Commit(50_001), new Txid(1), new Txid(1), 1);
        assertThatThrownBy(() -> new SnapshotIndex("f.ltx", other, end, tail.fileBytes))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("f.ltx")
                .hasMessageContaining("page index");
    }

    /** Property: damage is refused where it is read, or leaves a known frame as it is; nothing hangs or overruns. */
    @Test
    void damagedEntriesAreRefused() throws LtxFormatException {
        Tail tail = new Tail(new PageSize(4096), 60_000, random, 100, 4000);
        PageIndex whole = PageIndex.parse("f", tail.bytes, tail.fileBytes, null, null);
        for (int round = 0; round < 200; round++) {
            SnapshotIndex index = tail.index();
            int i = random.nextInt(index.size() / 2);
            SnapshotIndex.Part part = index.partFor(i);
            byte[] bytes = tail.part(part);
            for (int k = 0; k < 1 + random.nextInt(3); k++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                index.add(part.offset(), bytes);
            } catch (LtxFormatException _) {
                continue;
            }
            for (int known = 0; known < index.size(); known++) {
                if (index.isKnown(known)) {
                    assertThat(index.offset(known))
                            .as("seed=%d round=%d entry=%d", seed, round, known)
                            .isEqualTo(whole.offset(known));
                }
            }
        }
    }
}
