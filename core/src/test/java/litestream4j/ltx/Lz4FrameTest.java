package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Lz4FrameTest {
    private static final PageSize PAGE_SIZE = new PageSize(1024);
    private static final int HEADER = FrameDecoder.PAGE_HEADER_BYTES;

    private final byte[] page = page();

    /** 600 random bytes, and the first 424 of them again. */
    private static byte[] page() {
        byte[] page = new byte[PAGE_SIZE.bytes()];
        new Random(5).nextBytes(page);
        System.arraycopy(page, 0, page, 600, 424);
        return page;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x60, 0x64, 0x68, 0x70, 0x7C, 0x40, 0x44, 0x5C})
    void everyDescriptorIsUnderstood(int flags) throws Exception {
        for (int bd = 0x40; bd <= 0x70; bd += 0x10) {
            FrameMaker frame = new FrameMaker(flags, bd, page);
            frame.block(compressed(0, 1024), false);
            assertDecodes(frame.end());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x64, 0x74, 0x44})
    void blocksOfAllKindsFollowEachOther(int flags) throws Exception {
        FrameMaker frame = new FrameMaker(flags, 0x40, page);
        frame.block(compressed(0, 300), false);
        frame.block(Arrays.copyOfRange(page, 300, 500), true);
        frame.block(new byte[0], true);
        frame.block(new byte[] {0}, false);
        frame.block(compressed(500, 1024), false);
        assertDecodes(frame.end());
    }

    @Test
    void dependentBlockRefersToTheOneBefore() throws Exception {
        assertDecodes(linked(0x44));
        assertFails(linked(0x64), "lz4 block");
    }

    /** The second block is a match of 419 bytes over a distance of 600, and 5 literals. */
    private byte[] linked(int flags) throws IOException {
        FrameMaker frame = new FrameMaker(flags, 0x40, page);
        frame.block(Arrays.copyOf(page, 600), true);
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(LtxSamples.hex("0f 5802 ff 91 50"));
        block.write(page, 1019, 5);
        frame.block(block.toByteArray(), false);
        return frame.end();
    }

    @Test
    void brokenDescriptorIsNamed() throws Exception {
        byte[] good = new FrameMaker(0x64, 0x40, page)
                .block(compressed(0, 1024), false)
                .end();
        assertFails(with(good, 0, 0x05), "lz4 frame magic at byte 1006: expected 184d2204");
        assertFails(with(good, 4, 0xA4), "lz4 flags");
        assertFails(with(good, 4, 0x66), "lz4 flags");
        assertFails(with(good, 4, 0x65), "lz4 flags");
        assertFails(with(good, 5, 0x30), "lz4 block size code");
        assertFails(with(good, 5, 0x41), "lz4 block size code");
        assertFails(with(good, 5, 0xC0), "lz4 block size code");
        assertFails(with(good, 6, good[6] ^ 1), "lz4 header checksum");
    }

    @Test
    void wrongChecksumsAndSizesAreNamed() throws Exception {
        byte[] good = new FrameMaker(0x64, 0x40, page).block(page, true).end();
        assertFails(with(good, good.length - 1, good[good.length - 1] ^ 1), "lz4 content checksum");
        assertFails(with(good, 500, good[500] ^ 1), "lz4 content checksum");
        byte[] blockChecksum =
                new FrameMaker(0x70, 0x40, page).block(page, true).end();
        assertFails(with(blockChecksum, 500, blockChecksum[500] ^ 1), "lz4 block checksum");
        byte[] size = new FrameMaker(0x68, 0x40, Arrays.copyOf(page, 1023))
                .block(page, true)
                .end();
        assertFails(size, "lz4 content size at byte 1012: expected 1024, found 1023");
        assertFails(new FrameMaker(0x60, 0x40, page).block(new byte[1023], true).end(), "decoded size");
        assertFails(new FrameMaker(0x60, 0x40, page).block(new byte[1025], true).end(), "decoded size");
        assertFails(
                new FrameMaker(0x60, 0x40, page)
                        .block(page, true)
                        .block(page, false)
                        .end(),
                "lz4 block");
        assertFails(new FrameMaker(0x60, 0x40, page).end(), "decoded size");
    }

    @Test
    void blockSizeBeyondTheFrameIsNotBelieved() throws Exception {
        byte[] good = new FrameMaker(0x64, 0x70, page).block(page, true).end();
        for (int size : new int[] {0x7FFF_FFFF, 0xFFFF_FFFF, 0x0040_0001, 0x0040_0000, 2000}) {
            byte[] wrong = good.clone();
            Lz4Frame.put32(wrong, 7, size);
            assertFails(wrong, "");
        }
    }

    @Test
    void bytesBehindTheFrameAreNoPartOfIt() throws Exception {
        byte[] good = new FrameMaker(0x64, 0x40, page).block(page, true).end();
        byte[] framed = framed(good);
        byte[] longer = Arrays.copyOf(framed, framed.length + 1);
        assertThatThrownBy(() -> FrameDecoder.decode("f", 1000, longer, 0, longer.length, 3, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("expected nothing behind it in the page frame, found 1 bytes");
        assertThat(collect(longer)).isEqualTo(good);
    }

    @Test
    void frameIsNotCutShort() throws Exception {
        byte[] framed = framed(new FrameMaker(0x7C, 0x40, page)
                .block(compressed(0, 1024), false)
                .end());
        for (int length = 0; length < framed.length; length++) {
            byte[] cut = Arrays.copyOf(framed, length);
            assertThatThrownBy(() -> FrameDecoder.decode("f", 0, cut, 0, cut.length, 3, PAGE_SIZE))
                    .isInstanceOf(LtxFormatException.class);
            if (length > HEADER) {
                assertThatThrownBy(() -> collect(cut)).isInstanceOf(LtxFormatException.class);
            }
        }
    }

    @Test
    void framesWithoutAnEndAreNotCollected() throws Exception {
        FrameMaker endless = new FrameMaker(0x60, 0x40, page);
        for (int i = 0; i < 100_000; i++) {
            endless.block(new byte[0], true);
        }
        byte[] framed = framed(endless.end());
        assertThatThrownBy(() -> collect(framed))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageContaining("lz4 block size");
    }

    private void assertDecodes(byte[] lz4) throws Exception {
        byte[] framed = framed(lz4);
        assertThat(FrameDecoder.decode("f", 1000, framed, 0, framed.length, 3, PAGE_SIZE))
                .isEqualTo(page);
        assertThat(collect(framed)).isEqualTo(lz4);
    }

    private static void assertFails(byte[] lz4, String message) {
        byte[] framed = framed(lz4);
        assertThatThrownBy(() -> FrameDecoder.decode("f", 1000, framed, 0, framed.length, 3, PAGE_SIZE))
                .isInstanceOf(LtxFormatException.class)
                .hasMessageStartingWith("f: ")
                .hasMessageContaining(message);
    }

    /** Reads a frame as from a stream, in which more follows. */
    private static byte[] collect(byte[] framed) throws IOException {
        LtxInput in = new LtxInput("f", new ByteArrayInputStream(framed));
        byte[] into = new byte[FrameDecoder.frameBytesMax(PAGE_SIZE)];
        in.read(into, 0, HEADER, "page header");
        int length = Lz4Frame.read(in, into, HEADER);
        assertThat(in.position()).isEqualTo((long) HEADER + length);
        return Arrays.copyOfRange(into, HEADER, HEADER + length);
    }

    private static byte[] framed(byte[] lz4) {
        byte[] framed = new byte[HEADER + lz4.length];
        framed[3] = 3;
        System.arraycopy(lz4, 0, framed, HEADER, lz4.length);
        return framed;
    }

    private byte[] compressed(int from, int to) {
        return LZ4Factory.safeInstance().fastCompressor().compress(page, from, to - from);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /** Puts an LZ4 frame together, valid or not. */
    private static final class FrameMaker {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final int flags;
        private final byte[] content;

        FrameMaker(int flags, int bd, byte[] content) throws IOException {
            this.flags = flags;
            this.content = content;
            put32(Lz4Frame.MAGIC);
            out.write(flags);
            out.write(bd);
            if ((flags & Lz4Frame.CONTENT_SIZE) != 0) {
                put32(content.length);
                put32(0);
            }
            byte[] descriptor = out.toByteArray();
            out.write(Lz4Frame.checksum(descriptor, 4, descriptor.length - 4) >>> 8);
        }

        FrameMaker block(byte[] bytes, boolean stored) throws IOException {
            put32(bytes.length | (stored ? Lz4Frame.STORED : 0));
            out.write(bytes);
            if ((flags & Lz4Frame.BLOCK_CHECKSUMS) != 0) {
                put32(Lz4Frame.checksum(bytes, 0, bytes.length));
            }
            return this;
        }

        byte[] end() throws IOException {
            put32(0);
            if ((flags & Lz4Frame.CONTENT_CHECKSUM) != 0) {
                put32(Lz4Frame.checksum(content, 0, content.length));
            }
            return out.toByteArray();
        }

        private void put32(int value) throws IOException {
            out.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }
    }
}
