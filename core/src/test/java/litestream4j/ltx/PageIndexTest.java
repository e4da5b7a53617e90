package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageIndexTest {
    /** Entries, size field and trailer of TXID 3 of the sample replica made by release 0.5.17. */
    private static final byte[] EXAMPLE = LtxSamples.hex("""
            01649902 04fd023e 05bb0331 06ec0331 079d0431 08ce0430 09fe0432 0ab0054c 0bfc054b 00
            0000000000000025 0000000000000000 fc73b468d1795046""");

    private static final long EXAMPLE_FILE_BYTES = 906;
    private static final Commit COMMIT = new Commit(11);
    private static final PageSize PAGE_SIZE = new PageSize(4096);

    @Test
    void exampleIsRead() throws Exception {
        assertThat(PageIndex.entriesBytes("f", EXAMPLE, EXAMPLE_FILE_BYTES)).isEqualTo(37);
        PageIndex index = PageIndex.parse("f", EXAMPLE, EXAMPLE_FILE_BYTES, COMMIT, PAGE_SIZE);
        long[] pgnos = {1, 4, 5, 6, 7, 8, 9, 10, 11};
        long[] offsets = {100, 381, 443, 492, 541, 590, 638, 688, 764};
        int[] sizes = {281, 62, 49, 49, 49, 48, 50, 76, 75};
        assertThat(index.size()).isEqualTo(pgnos.length);
        for (int i = 0; i < pgnos.length; i++) {
            assertThat(index.pgno(i)).isEqualTo(pgnos[i]);
            assertThat(index.offset(i)).isEqualTo(offsets[i]);
            assertThat(index.frameBytes(i)).isEqualTo(sizes[i]);
            assertThat(index.find(pgnos[i])).isEqualTo(i);
        }
        assertThat(new int[] {index.find(0), index.find(2), index.find(3), index.find(12), index.find(-1)})
                .containsOnly(-1);
        assertThat(index.find(1L << 32 | 4)).isEqualTo(-1);
    }

    @Test
    void moreBytesThanNeededAndUnknownHeaderGiveTheSameIndex() throws Exception {
        byte[] longer = new byte[EXAMPLE.length + 55];
        System.arraycopy(EXAMPLE, 0, longer, 55, EXAMPLE.length);
        assertThat(PageIndex.parse("f", longer, EXAMPLE_FILE_BYTES, null, null))
                .isEqualTo(PageIndex.parse("f", EXAMPLE, EXAMPLE_FILE_BYTES, COMMIT, PAGE_SIZE));
    }

    @Test
    void fileWithoutPagesHasAnEmptyIndex() throws Exception {
        byte[] tail = LtxSamples.hex("00 0000000000000001 0000000000000000 8000000000000000");
        PageIndex index = PageIndex.parse("f", tail, 131, new Commit(0), null);
        assertThat(index.size()).isZero();
        assertThat(index.find(1)).isEqualTo(-1);
        assertThat(index).hasToString("no pages");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 02, page number, 'commit is 1'",
        "0, 00, page number, 'the list ends too early'",
        "4, 01, page number, 'page 1 twice'",
        "8, 04, page number, 'page 4 twice'",
        "32, 0c, page number, 'beyond the commit'",
        "1, 63, frame offset of page 1, 'before the first frame'",
        "5, fe, frame offset of page 4, 'a gap'",
        "2, 98, frame offset of page 4, 'a shorter frame'",
        "2, 06, frame size of page 1, 'no payload'",
        "35, 4a, end of the last frame, 'a gap before the mark'",
        "35, 4c, frame size of page 11, 'over the mark'",
        "36, 0c, page number, 'no end of the list'",
    })
    void wrongEntryIsNamed(int place, String digits, String field, String what) {
        byte[] wrong = EXAMPLE.clone();
        wrong[place] = LtxSamples.hex(digits)[0];
        Commit commit = digits.equals("02") ? new Commit(1) : COMMIT;
        assertThatThrownBy(() -> PageIndex.parse("x.ltx", wrong, EXAMPLE_FILE_BYTES, commit, PAGE_SIZE))
                .as(what)
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("x.ltx: ")
                .hasMessageContaining(place == 0 && digits.equals("00") ? "page index" : field);
    }

    @ParameterizedTest
    @CsvSource({"0", "26", "24", "309", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "100000025"})
    void wrongSizeFieldIsRefused(String size) {
        byte[] wrong = EXAMPLE.clone();
        BigEndian.put64(wrong, wrong.length - 24, Long.parseUnsignedLong(size, 16));
        assertThatThrownBy(() -> PageIndex.parse("f", wrong, EXAMPLE_FILE_BYTES, COMMIT, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class);
    }

    @Test
    void tailThatDoesNotReachTheEntriesIsRefused() {
        for (int n = 0; n < EXAMPLE.length; n++) {
            byte[] tail = Arrays.copyOfRange(EXAMPLE, EXAMPLE.length - n, EXAMPLE.length);
            assertThatThrownBy(() -> PageIndex.parse("f", tail, EXAMPLE_FILE_BYTES, COMMIT, PAGE_SIZE))
                    .isInstanceOf(LtxFormatException.class);
        }
        assertThatThrownBy(() -> PageIndex.parse("f", EXAMPLE, 60, COMMIT, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining(">= 131 bytes");
    }

    @Test
    void lockPageIsRefused() {
        // One frame of 100 bytes for page 16385, which is the lock page of 65536 bytes only.
        byte[] tail = LtxSamples.hex("818001 64 64 00 0000000000000006 0000000000000000 8000000000000000");
        long fileBytes = 100L + 100 + 6 + tail.length;
        assertThat(parses(tail, fileBytes, new PageSize(32768))).isTrue();
        assertThatThrownBy(() -> PageIndex.parse("f", tail, fileBytes, null, new PageSize(65536)))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("expected any but the lock page, found 16385");
    }

    @Test
    void frameLargerThanAnyEncodingOfThePageIsRefused() {
        // One frame of 2000 bytes for page 1.
        byte[] tail = LtxSamples.hex("01 64 d00f 00 0000000000000005 0000000000000000 8000000000000000");
        long fileBytes = 100L + 2000 + 6 + tail.length;
        assertThat(parses(tail, fileBytes, new PageSize(2048))).isTrue();
        assertThat(parses(tail, fileBytes, new PageSize(1024))).isFalse();
    }

    @Test
    void pageNumberUsesAll32Bits() throws Exception {
        byte[] tail = LtxSamples.hex("ffffffff0f 64 64 00 0000000000000008 0000000000000000 8000000000000000");
        PageIndex index = PageIndex.parse("f", tail, 100 + 100 + 6 + tail.length, null, null);
        assertThat(index.pgno(0)).isEqualTo(0xFFFF_FFFFL);
        assertThat(index.find(0xFFFF_FFFFL)).isZero();
        tail[4] = 0x1F;
        assertThat(parses(tail, 100 + 100 + 6 + tail.length, PAGE_SIZE)).isFalse();
    }

    @Test
    void numberOfMoreThan64BitsIsRefused() {
        byte[] tail = LtxSamples.hex("ffffffffffffffffff02 00 000000000000000b 0000000000000000 8000000000000000");
        assertThatThrownBy(() -> PageIndex.parse("f", tail, 200, null, null))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("a number of at most 64 bits");
    }

    /**
     * Property: an index gives back the frames that were put in, and finds exactly their pages.
     * Method: random frames of snapshots, of snapshots with a hole, and of any pages; more than 4 GiB in some.
     */
    @Test
    void anyFramesComeBack() {
        long seed = LtxSamples.seed();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            int n = 1 + random.nextInt(round % 8 == 0 ? 100_000 : 2_000);
            long hole = 1L + random.nextInt(n);
            long[] pgnos = new long[n];
            long[] offsets = new long[n + 1];
            offsets[0] = LtxHeader.BYTES;
            PageIndexBuilder builder = new PageIndexBuilder();
            for (int i = 0; i < n; i++) {
                pgnos[i] = switch (round % 4) {
                    case 0 -> i + 1;
                    case 1 -> i + 1 < hole ? i + 1 : i + 2;
                    case 2 -> (i == 0 ? 0 : pgnos[i - 1]) + 1 + (random.nextInt(100) == 0 ? random.nextInt(5) : 0);
                    default -> (i == 0 ? 0 : pgnos[i - 1]) + 1 + random.nextInt(20_000);
                };
                int bytes = 65_000 + random.nextInt(1_000);
                offsets[i + 1] = offsets[i] + bytes;
                builder.add(pgnos[i], bytes);
            }
            PageIndex index = builder.build();
            String as = "seed=%d round=%d".formatted(seed, round);
            assertThat(index.size()).as(as).isEqualTo(n);
            for (int i = 0; i < n; i++) {
                if (index.pgno(i) != pgnos[i]
                        || index.offset(i) != offsets[i]
                        || index.frameBytes(i) != offsets[i + 1] - offsets[i]
                        || index.find(pgnos[i]) != i) {
                    throw new AssertionError(as + " entry " + i);
                }
                if (i + 1 < n && pgnos[i + 1] > pgnos[i] + 1) {
                    assertThat(index.find(pgnos[i] + 1)).as(as).isEqualTo(-1);
                }
            }
            assertThat(index.find(pgnos[n - 1] + 1)).as(as).isEqualTo(-1);
            if (round % 4 < 2) {
                assertThat(index.memoryBytes()).as(as).isLessThan(4L * n + 100);
            }
        }
    }

    private static boolean parses(byte[] tail, long fileBytes, PageSize pageSize) {
        try {
            PageIndex.parse("f", tail, fileBytes, null, pageSize);
            return true;
        } catch (LtxFormatException e) {
            return false;
        }
    }
}
