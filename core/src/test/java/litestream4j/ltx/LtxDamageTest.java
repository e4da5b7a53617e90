package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged files: an error, or the very same pages; never a wrong page, a wrong index or another exception. */
class LtxDamageTest {
    private static final List<byte[]> FILES = List.of(
            LtxSamples.snapshot(512, 3, PageEncoding.BLOCK, false, new Random(11)),
            LtxSamples.snapshot(512, 3, PageEncoding.FRAME, false, new Random(12)),
            LtxSamples.snapshot(1024, 3, PageEncoding.BLOCK, true, new Random(13)),
            LtxSamples.snapshot(1024, 3, PageEncoding.FRAME, true, new Random(14)));

    @Test
    void everyFlippedBitIsNoticedOrHarmless() throws Exception {
        for (byte[] file : FILES) {
            LtxFileContents expected = LtxFileContents.parse(null, "f", file);
            for (int at = 0; at < file.length; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = file.clone();
                    damaged[at] ^= (byte) (1 << bit);
                    assertRejectedOrSame(damaged, expected, at);
                }
                byte[] inverted = file.clone();
                inverted[at] = (byte) ~inverted[at];
                assertRejectedOrSame(inverted, expected, at);
            }
        }
    }

    /** Checks the one exception that the format leaves: a payload that is decoded to the same page. */
    static void assertRejectedOrSame(byte[] damaged, LtxFileContents expected, int at) throws LtxFormatException {
        LtxFileContents contents;
        try {
            contents = LtxFileContents.parse(null, "f", damaged);
        } catch (LtxFormatException e) {
            // Also by who keeps no index.
            assertThatThrownBy(() -> readWithoutIndex(damaged)).as("byte " + at).isInstanceOf(LtxFormatException.class);
            return;
        }
        assertThat(readWithoutIndex(damaged)).isEqualTo(expected.trailer());
        PageIndex index = expected.index();
        assertThat(inPayload(index, at)).as("byte " + at).isTrue();
        assertThat(contents.header()).isEqualTo(expected.header());
        assertThat(contents.trailer()).isEqualTo(expected.trailer());
        assertThat(contents.index()).isEqualTo(index);
        for (int i = 0; i < index.size(); i++) {
            assertThat(contents.page(index.pgno(i))).as("byte " + at).isEqualTo(expected.page(index.pgno(i)));
        }
    }

    private static LtxTrailer readWithoutIndex(byte[] file) throws LtxFormatException {
        try {
            return LtxReader.withoutIndex("f", new ByteArrayInputStream(file)).finish();
        } catch (LtxFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean inPayload(PageIndex index, int at) {
        for (int i = 0; i < index.size(); i++) {
            long payload = index.offset(i) + FrameDecoder.PAGE_HEADER_BYTES;
            if (at >= payload && at < index.offset(i) + index.frameBytes(i)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void fileCutAtAnyLengthIsRejected() {
        for (byte[] file : FILES) {
            for (int length = 0; length < file.length; length++) {
                assertCutIsRejected(Arrays.copyOf(file, length));
            }
        }
    }

    static void assertCutIsRejected(byte[] cut) {
        assertThatThrownBy(() -> LtxFileContents.parse(null, "f", cut)).isInstanceOf(LtxFormatException.class);
        assertThatThrownBy(() -> PageIndex.parse("f", cut, cut.length, null, null))
                .isInstanceOf(LtxFormatException.class);
    }

    @Test
    void fileThatLacksItsBeginIsRejected() {
        for (byte[] file : FILES) {
            for (int from = 1; from < file.length; from++) {
                assertCutIsRejected(Arrays.copyOfRange(file, from, file.length));
            }
        }
    }
}
