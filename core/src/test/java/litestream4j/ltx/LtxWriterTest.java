package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LtxWriterTest {
    private static final byte[] PAGE = new byte[512];

    private ByteArrayOutputStream out;

    @BeforeEach
    void open() {
        out = new ByteArrayOutputStream();
    }

    @Test
    void fileWithoutPagesHas131Bytes() throws Exception {
        LtxTrailer trailer = new LtxWriter(out, LtxSamples.header(512, 0, 5, 5)).finish(0);
        assertThat(out.size()).isEqualTo(131);
        LtxFileContents contents = LtxFileContents.parse(null, "f", out.toByteArray());
        assertThat(contents.trailer()).isEqualTo(trailer);
        assertThat(contents.index().size()).isZero();
    }

    @Test
    void pagesAscendWithinTheCommit() throws Exception {
        LtxWriter writer = writer(5, 2);
        writer.page(2, PAGE);
        assertRefused(() -> writer.page(2, PAGE), "expected [3, 5], found 2");
        assertRefused(() -> writer.page(1, PAGE), "expected [3, 5], found 1");
        assertRefused(() -> writer.page(6, PAGE), "expected [3, 5], found 6");
        assertRefused(() -> writer.page(3, new byte[511]), "expected 512 bytes, found 511");
        writer.page(5, PAGE);
        writer.finish(0);
        assertThat(LtxFileContents.parse(null, "f", out.toByteArray()).index().size())
                .isEqualTo(2);
    }

    @Test
    void snapshotLacksNoPage() throws Exception {
        LtxWriter writer = writer(3, 1);
        assertRefused(() -> writer.page(2, PAGE), "expected 1, as a snapshot has all pages, found 2");
        writer.page(1, PAGE);
        writer.page(2, PAGE);
        assertThatIllegalStateException().isThrownBy(() -> writer.finish(0)).withMessageContaining("page 3 is missing");
        writer.page(3, PAGE);
        writer.finish(0);
        assertThatIllegalStateException().isThrownBy(() -> writer.page(4, PAGE));
        assertThatIllegalStateException().isThrownBy(() -> writer.finish(0));
    }

    @Test
    void lockPageIsRefused() throws Exception {
        LtxWriter writer = writer(3_000_000, 2);
        assertRefused(() -> writer.page(2_097_153, PAGE), "lock page");
        writer.page(2_097_154, PAGE);
    }

    @Test
    void checksumAfterMustFit() throws Exception {
        assertRefused(() -> writer(1, 2).finish(1L << 63), "expected 0 with NoChecksum");
        LtxWriter increment = new LtxWriter(out, LtxSamples.headerWithChecksums(512, 1, 2, 2));
        assertRefused(() -> increment.finish(0), "expected bit 63 set");
        increment.finish(-1);
        LtxWriter empty = new LtxWriter(out, LtxSamples.headerWithChecksums(512, 0, 2, 2));
        assertRefused(() -> empty.finish(-1), "expected 8000000000000000 of an empty database");
        LtxWriter snapshot = new LtxWriter(out, LtxSamples.headerWithChecksums(512, 1, 1, 1));
        snapshot.page(1, PAGE);
        assertRefused(() -> snapshot.finish(-1), "by the pages of the snapshot");
        snapshot.finish(DatabaseChecksum.page(1, PAGE));
    }

    private LtxWriter writer(long commit, long txid) throws IOException {
        return new LtxWriter(out, LtxSamples.header(512, commit, txid, txid));
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(message);
    }
}
