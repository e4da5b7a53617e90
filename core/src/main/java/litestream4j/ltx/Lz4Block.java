package litestream4j.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes LZ4 blocks from anywhere: whatever the bytes are, nothing outside the given ranges is read or
 * written, and nothing is thrown.
 *
 * <p>A block is a run of sequences: a token (literal length, match length - 4; 4 bits each, 15 is continued in
 * bytes up to one that is not 255), the literals, and the match's distance as 2 bytes, little-endian. The last
 * sequence ends after its literals.
 *
 * @see <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">LZ4 block format</a>
 */
final class Lz4Block {
    private static final int LENGTH_CONTINUED = 15;
    private static final int MATCH_MIN = 4;

    /** Behind the token of a short sequence: two copies of 8 bytes for up to 14 literals, and the distance. */
    private static final int SHORT_IN_MAX = 2 * Long.BYTES + Short.BYTES;

    /** Room that copying a short sequence needs: up to 14 literals, then three copies of 8 bytes for the match. */
    private static final int SHORT_OUT_MAX = 14 + 3 * Long.BYTES;

    /** Up to here a loop over bytes is cheaper than calls that copy ranges. */
    private static final int SHORT_MATCH_MAX = 16;

    // Plain copies of 8 bytes: the byte order does not matter, so it is the machine's own.
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Lz4Block() {}

    /**
     * Decodes one block.
     *
     * @param in holds the block in {@code [from, from + length)}, a range inside the array
     * @param out takes the decoded bytes at {@code outFrom}; bytes between the last decoded one and {@code outEnd}
     *     may be overwritten with anything
     * @param outEnd end of the room for decoded bytes, at most the array's length
     * @param history begin of the bytes in {@code out} that the block may refer to, at most {@code outFrom}
     * @return the number of bytes decoded, in [0, outEnd - outFrom]; or if the block is malformed or needs more
     *     room, {@code ~p} with p the place in {@code in} where that shows
     */
    static int decode(byte[] in, int from, int length, byte[] out, int outFrom, int outEnd, int history) {
        int inEnd = from + length;
        int i = from;
        int o = outFrom;
        while (i < inEnd) {
            int token = in[i++] & 0xFF;

            // Nearly all sequences are short and far from both ends: their bytes are copied without asking how many.
            if (isShort(token) && inEnd - i >= SHORT_IN_MAX && outEnd - o >= SHORT_OUT_MAX) {
                copyLong(in, i, out, o);
                copyLong(in, i + Long.BYTES, out, o + Long.BYTES);
                i += token >>> 4;
                o += token >>> 4;
                int back = (in[i] & 0xFF) | (in[i + 1] & 0xFF) << 8;
                if (back == 0 || back > o - history) {
                    return ~i;
                }
                i += Short.BYTES;
                int same = (token & 0xF) + MATCH_MIN;
                if (back >= Long.BYTES) {
                    copyLong(out, o - back, out, o);
                    copyLong(out, o - back + Long.BYTES, out, o + Long.BYTES);
                    if (same > 2 * Long.BYTES) {
                        copyLong(out, o - back + 2 * Long.BYTES, out, o + 2 * Long.BYTES);
                    }
                } else {
                    copyMatch(out, o, outEnd, back, same);
                }
                o += same;
                continue;
            }

            int literals = token >>> 4;
            if (literals == LENGTH_CONTINUED) {
                int more;
                do {
                    if (i >= inEnd || literals > outEnd - o) {
                        return ~i;
                    }
                    more = in[i++] & 0xFF;
                    literals += more;
                } while (more == 0xFF);
            }
            if (literals > inEnd - i || literals > outEnd - o) {
                return ~i;
            }
            copyLiterals(in, i, inEnd, out, o, outEnd, literals);
            i += literals;
            o += literals;
            if (i == inEnd) {
                return o - outFrom;
            }

            if (inEnd - i < Short.BYTES) {
                return ~i;
            }
            int distance = (in[i] & 0xFF) | (in[i + 1] & 0xFF) << 8;
            if (distance == 0 || distance > o - history) {
                return ~i;
            }
            i += Short.BYTES;
            int match = (token & 0xF) + MATCH_MIN;
            if (match == LENGTH_CONTINUED + MATCH_MIN) {
                int more;
                do {
                    if (i >= inEnd || match > outEnd - o) {
                        return ~i;
                    }
                    more = in[i++] & 0xFF;
                    match += more;
                } while (more == 0xFF);
            }
            if (match > outEnd - o) {
                return ~i;
            }
            copyMatch(out, o, outEnd, distance, match);
            o += match;
        }
        return ~i;
    }

    /** Tells whether neither length of a sequence is continued. */
    private static boolean isShort(int token) {
        return token < LENGTH_CONTINUED << 4 && (token & 0xF) < LENGTH_CONTINUED;
    }

    private static void copyLong(byte[] in, int i, byte[] out, int o) {
        LONG.set(out, o, (long) LONG.get(in, i));
    }

    private static void copyLiterals(byte[] in, int i, int inEnd, byte[] out, int o, int outEnd, int length) {
        if (length <= 2 * Long.BYTES && inEnd - i >= 2 * Long.BYTES && outEnd - o >= 2 * Long.BYTES) {
            copyLong(in, i, out, o);
            copyLong(in, i + Long.BYTES, out, o + Long.BYTES);
        } else {
            System.arraycopy(in, i, out, o, length);
        }
    }

    /** Copies bytes that were decoded before; where the two ranges overlap, the bytes repeat. */
    private static void copyMatch(byte[] out, int o, int outEnd, int distance, int length) {
        int source = o - distance;
        if (distance >= Long.BYTES && length <= outEnd - o - (2 * Long.BYTES - 1)) {
            copyLong(out, source, out, o);
            copyLong(out, source + Long.BYTES, out, o + Long.BYTES);
            for (int k = 2 * Long.BYTES; k < length; k += Long.BYTES) {
                copyLong(out, source + k, out, o + k);
            }
        } else if (distance >= length) {
            System.arraycopy(out, source, out, o, length);
        } else if (distance == 1) {
            Arrays.fill(out, o, o + length, out[source]);
        } else if (length <= SHORT_MATCH_MAX) {
            for (int k = 0; k < length; k++) {
                out[o + k] = out[source + k];
            }
        } else {
            repeat(out, source, distance, o, length);
        }
    }

    /** Each round copies all that is there of the pattern, so the rounds double. */
    private static void repeat(byte[] out, int source, int distance, int o, int length) {
        int done = 0;
        while (done < length) {
            int n = Math.min(distance + done, length - done);
            System.arraycopy(out, source, out, o + done, n);
            done += n;
        }
    }
}
