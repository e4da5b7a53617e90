package litestream4j.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Lz4BlockTest {
    private static final byte CANARY = 0x5C;

    @Test
    void matchThatOverlapsItselfRepeats() {
        byte[] block = LtxSamples.hex("1f 61 0100 00 50 6162636465");
        byte[] out = new byte[25];
        assertThat(Lz4Block.decode(block, 0, block.length, out, 0, out.length, 0))
                .isEqualTo(25);
        assertThat(out).isEqualTo("aaaaaaaaaaaaaaaaaaaaabcde".getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({
        "'', nothing",
        "10, literals are missing",
        "f0, the length of the literals is missing",
        "f0ffff, the length of the literals goes on",
        "106101, half a distance",
        "10610000, distance 0",
        "000000506162636465, distance 0 with nothing before it",
        "10610200, distance before the begin",
        "10610100, no sequence of literals at the end",
        "1f610100, the length of the match is missing",
        "1f610100ffffffffff00, match longer than the room",
        "f0ffffffff00, literals longer than the room",
    })
    void malformedBlockGivesAPlaceInIt(String digits, String what) {
        byte[] block = LtxSamples.hex(digits);
        int n = Lz4Block.decode(block, 0, block.length, new byte[100], 0, 100, 0);
        assertThat(n).as(what).isNegative();
        assertThat(~n).as(what).isBetween(0, block.length);
    }

    /**
     * Property: what the compressor makes comes back, at every place in an array, and only there.
     * Method: pages of all kinds and lengths, by the fast and the thorough compressor.
     */
    @Test
    void compressedBytesComeBack() {
        long seed = LtxSamples.seed();
        Random random = new Random(seed);
        LZ4Compressor[] compressors = {
            LZ4Factory.safeInstance().fastCompressor(),
            LZ4Factory.safeInstance().highCompressor()
        };
        for (int round = 0; round < 4_000; round++) {
            byte[] page = LtxSamples.page(random.nextInt(round % 100 == 0 ? 65_537 : 700), random);
            byte[] block = compressors[round % 2].compress(page);
            int from = random.nextInt(20);
            byte[] in = new byte[from + block.length + random.nextInt(20)];
            System.arraycopy(block, 0, in, from, block.length);
            int outFrom = random.nextInt(20);
            byte[] out = new byte[outFrom + page.length + random.nextInt(20)];
            Arrays.fill(out, CANARY);
            int outEnd = outFrom + page.length;
            int n = Lz4Block.decode(in, from, block.length, out, outFrom, outEnd, outFrom);
            String as = "seed=%d round=%d".formatted(seed, round);
            assertThat(n).as(as).isEqualTo(page.length);
            assertThat(Arrays.equals(out, outFrom, outEnd, page, 0, page.length))
                    .as(as)
                    .isTrue();
            assertNothingElseWritten(out, outFrom, outEnd, as);
        }
    }

    /**
     * Property: any bytes give what the definition of the format gives, or a place where they break it, and nothing
     * is written but where it may be.
     * Method: mutated blocks and random bytes, with and without history; against a decoder that takes byte by byte,
     * and against the library's, which accepts distance 0 although the format forbids it.
     */
    @Test
    void anyBytesAreDecodedAsDefined() {
        long seed = LtxSamples.seed();
        Random random = new Random(seed);
        LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
        LZ4SafeDecompressor library = LZ4Factory.safeInstance().safeDecompressor();
        for (int round = 0; round < 40_000; round++) {
            byte[] block = mutated(compressor.compress(LtxSamples.page(512, random)), random);
            int length = random.nextInt(3) == 0 ? random.nextInt(block.length + 1) : block.length;
            int from = random.nextInt(block.length - length + 1);
            int outFrom = random.nextInt(30);
            int outEnd = outFrom + (random.nextBoolean() ? 512 : random.nextInt(600));
            int history = random.nextBoolean() ? outFrom : random.nextInt(outFrom + 1);
            byte[] out = new byte[640];
            Arrays.fill(out, CANARY);
            byte[] defined = out.clone();
            int n = Lz4Block.decode(block, from, length, out, outFrom, outEnd, history);
            String as = "seed=%d round=%d".formatted(seed, round);
            assertNothingElseWritten(out, outFrom, outEnd, as);

            int expected = byDefinition(block, from, from + length, defined, outFrom, outEnd, history);
            assertThat(Math.max(n, -1)).as(as).isEqualTo(expected);
            if (n < 0) {
                assertThat(~n).as(as).isBetween(from, from + length);
            } else {
                assertThat(Arrays.equals(out, outFrom, outFrom + n, defined, outFrom, outFrom + n))
                        .as(as)
                        .isTrue();
            }
            if (history == outFrom) {
                assertAsLibrary(library, block, from, length, out, outFrom, outEnd, n, as);
            }
        }
    }

    private static byte[] mutated(byte[] block, Random random) {
        if (random.nextInt(10) == 0) {
            random.nextBytes(block);
        }
        for (int k = random.nextInt(4); k > 0; k--) {
            block[random.nextInt(block.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
        }
        return block;
    }

    private static void assertAsLibrary(
            LZ4SafeDecompressor library,
            byte[] block,
            int from,
            int length,
            byte[] out,
            int outFrom,
            int outEnd,
            int n,
            String as) {
        byte[] expected = new byte[outEnd - outFrom];
        int decoded;
        try {
            decoded = library.decompress(block, from, length, expected, 0);
        } catch (LZ4Exception e) {
            return;
        }
        if (n < 0 && decoded > 0) {
            assertThat(new byte[] {block[~n], block[~n + 1]})
                    .as(as + ": refused by us only")
                    .containsOnly(0);
        } else if (decoded > 0) {
            assertThat(n).as(as).isEqualTo(decoded);
            assertThat(Arrays.equals(out, outFrom, outFrom + n, expected, 0, decoded))
                    .as(as)
                    .isTrue();
        }
    }

    /** Decodes slowly and plainly; returns the bytes decoded, or -1. */
    private static int byDefinition(byte[] in, int from, int inEnd, byte[] out, int outFrom, int outEnd, int history) {
        int o = outFrom;
        try {
            ByteBuffer block = ByteBuffer.wrap(in, from, inEnd - from).order(ByteOrder.LITTLE_ENDIAN);
            while (true) {
                int token = block.get() & 0xFF;
                for (long literals = length(block, token >>> 4); literals > 0; literals--) {
                    if (o == outEnd) {
                        return -1;
                    }
                    out[o++] = block.get();
                }
                if (!block.hasRemaining()) {
                    return o - outFrom;
                }
                int distance = block.getShort() & 0xFFFF;
                if (distance == 0 || o - distance < history) {
                    return -1;
                }
                for (long match = length(block, token & 0xF) + 4; match > 0; match--) {
                    if (o == outEnd) {
                        return -1;
                    }
                    out[o] = out[o - distance];
                    o++;
                }
            }
        } catch (BufferUnderflowException e) {
            return -1;
        }
    }

    private static long length(ByteBuffer block, int first) {
        long length = first;
        int more = first == 15 ? 255 : 0;
        while (more == 255) {
            more = block.get() & 0xFF;
            length += more;
        }
        return length;
    }

    private static void assertNothingElseWritten(byte[] out, int from, int end, String as) {
        for (int i = 0; i < out.length; i++) {
            if ((i < from || i >= end) && out[i] != CANARY) {
                throw new AssertionError(as + ": byte " + i + " outside [" + from + ", " + end + ") was written");
            }
        }
    }
}
