package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LtxReaderTest {
    private static final byte[] PAGE = new byte[512];

    @Test
    void pagesComeInOrderAndTheRestAfterThem() throws Exception {
        byte[] file = increment(LtxSamples.header(512, 9, 4, 6), 2, 3, 9);
        LtxReader reader = reader(file);
        assertThat(reader.header().name()).hasToString("0000000000000004-0000000000000006.ltx");
        assertThatIllegalStateException().isThrownBy(reader::pgno);
        assertThatIllegalStateException().isThrownBy(reader::index);
        for (long pgno : new long[] {2, 3, 9}) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.pgno()).isEqualTo(pgno);
            assertThat(reader.page()).isEqualTo(PAGE);
        }
        assertThat(reader.next()).isFalse();
        assertThat(reader.next()).isFalse();
        assertThatIllegalStateException().isThrownBy(reader::page);
        assertThat(reader.finish().postApplyChecksum()).isZero();
        assertThat(reader.index().size()).isEqualTo(3);
        assertThat(reader.index()).isEqualTo(PageIndex.parse("f", file, file.length, new Commit(9), new PageSize(512)));
    }

    @Test
    void finishPassesOverThePagesLeft() throws Exception {
        LtxReader reader = reader(increment(LtxSamples.header(512, 9, 4, 6), 2, 3, 9));
        reader.next();
        reader.finish();
        assertThat(reader.index().size()).isEqualTo(3);
    }

    @Test
    void streamMayGiveFewBytesAtATime() throws Exception {
        byte[] file = LtxSamples.snapshot(1024, 20, PageEncoding.FRAME, true, new Random(3));
        Random random = new Random(4);
        InputStream slow = new InputStream() {
            private int at;

            @Override
            public int read() {
                return at == file.length ? -1 : file[at++] & 0xFF;
            }

            @Override
            public int read(byte[] into, int from, int length) {
                int n = Math.min(Math.min(length, 1 + random.nextInt(40)), file.length - at);
                System.arraycopy(file, at, into, from, n);
                at += n;
                return n == 0 ? -1 : n;
            }
        };
        LtxReader reader = new LtxReader("f", slow);
        reader.finish();
        assertThat(reader.index().size()).isEqualTo(20);
    }

    @Test
    void failureOfTheStreamIsPassedOn() {
        IOException failure = new IOException("the line is down");
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                throw failure;
            }
        };
        assertThatThrownBy(() -> new LtxReader("f", broken)).isSameAs(failure);
    }

    /** The header says transaction 1 only afterwards, for the writer would not make such a file. */
    @Test
    void snapshotThatLacksAPageIsRefused() {
        assertRejected(asSnapshot(increment(LtxSamples.header(512, 3, 2, 2), 1, 3)), "expected 2, as a snapshot");
        assertRejected(asSnapshot(increment(LtxSamples.header(512, 3, 2, 2), 2, 3)), "expected 1, as a snapshot");
        assertRejected(asSnapshot(increment(LtxSamples.header(512, 3, 2, 2), 1, 2)), "expected page 3, as a snapshot");
        assertRejected(asSnapshot(increment(LtxSamples.header(512, 3, 2, 2))), "expected page 1, as a snapshot");
    }

    @Test
    void pageBeyondTheCommitIsRefused() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 3);
        BigEndian.put32(file, 12, 2);
        assertRejected(file, "page number at byte 100: expected [1, 2], found 3");
    }

    @Test
    void pageOutOfOrderIsRefused() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2, 3);
        int second = (int) indexOf(file).offset(1);
        BigEndian.put32(file, second, 2);
        assertRejected(file, "page number at byte " + second + ": expected [3, 3], found 2");
    }

    @Test
    void lockPageIsRefused() {
        byte[] file = increment(LtxSamples.header(65536, 20_000, 2, 2), 16386);
        BigEndian.put32(file, 100, 16385);
        assertRejected(file, "expected any but the lock page");
    }

    @Test
    void pageZeroWithFlagsIsRefused() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2);
        BigEndian.put32(file, 100, 0);
        assertRejected(file, "page number at byte 100: expected [1, 3], found 0");
    }

    @Test
    void bytesBehindTheTrailerAreRefused() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2);
        assertRejected(Arrays.copyOf(file, file.length + 1), "expected nothing after the trailer");
    }

    @Test
    void wrongFileChecksumIsNamedWithBothValues() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2);
        file[85] = 1;
        assertRejected(file, "file checksum at byte " + (file.length - 8));
    }

    @Test
    void wrongChecksumOfASnapshotIsRefused() throws Exception {
        byte[] file = LtxSamples.snapshot(512, 3, PageEncoding.BLOCK, true, new Random(1));
        int post = file.length - 16;
        file[post + 3] ^= 1;
        resign(file);
        assertRejected(file, "by the pages of the snapshot");
    }

    @Test
    void payloadSizeIsNotBelieved() {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2);
        for (int size : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 531}) {
            BigEndian.put32(file, 106, size);
            assertRejected(file, "payload size at byte 106: expected <= 530 bytes");
        }
    }

    @Test
    void nameMustSayTheTransactionsOfTheHeader() throws Exception {
        byte[] file = increment(LtxSamples.header(512, 3, 2, 2), 2);
        LtxFileContents contents = LtxFileContents.parse(LtxFileName.of(new Txid(2)), "f", file);
        assertThat(contents.holds(2)).isTrue();
        assertThat(contents.page(2)).isEqualTo(PAGE);
        assertThat(contents.bytes()).isEqualTo(file.length);
        assertThatThrownBy(() -> contents.page(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LtxFileContents.parse(LtxFileName.of(new Txid(3)), "f", file))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("0000000000000003-0000000000000003.ltx by the file's name");
    }

    private static void assertRejected(byte[] file, String message) {
        assertThatThrownBy(() -> LtxFileContents.parse(null, "x.ltx", file))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("x.ltx: ")
                .hasMessageContaining(message);
    }

    private static LtxReader reader(byte[] file) throws IOException {
        return new LtxReader("f", new ByteArrayInputStream(file));
    }

    private static byte[] increment(LtxHeader header, long... pgnos) {
        SortedMap<Long, byte[]> pages = new TreeMap<>();
        for (long pgno : pgnos) {
            pages.put(pgno, new byte[header.pageSize().bytes()]);
        }
        return LtxSamples.file(header, PageEncoding.BLOCK, pages);
    }

    private static byte[] asSnapshot(byte[] file) {
        BigEndian.put64(file, 16, 1);
        return file;
    }

    private static PageIndex indexOf(byte[] file) {
        try {
            return PageIndex.parse("f", file, file.length, null, null);
        } catch (LtxFormatException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes the file checksum fit a file whose pages are unchanged. */
    private static void resign(byte[] file) throws IOException {
        LtxHeader header = LtxHeader.parse("f", file, 0);
        PageIndex index = PageIndex.parse("f", file, file.length, null, null);
        Crc64Iso crc = new Crc64Iso();
        crc.update(file, 0, LtxHeader.BYTES);
        int at = LtxHeader.BYTES;
        for (int i = 0; i < index.size(); i++) {
            byte[] page = FrameDecoder.decode("f", at, file, at, index.frameBytes(i), index.pgno(i), header.pageSize());
            crc.update(file, at, 10);
            crc.update(page, 0, page.length);
            at += index.frameBytes(i);
        }
        crc.update(file, at, file.length - 8 - at);
        BigEndian.put64(file, file.length - 8, crc.value() | 1L << 63);
    }
}
