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

    /** The loop of one call decodes this at most, or little more: one that runs for long is compiled for that once. */
    private static final int CALL_OUT_MAX = 256;

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
        long at = place(from, outFrom);
        do {
            at = sequences(in, (int) (at >>> Integer.SIZE), from + length, out, (int) at, outEnd, history);
            if (at < 0) {
                return (int) (at >> Integer.SIZE);
            }
        } while ((int) at >= 0);
        return ~(int) at - outFrom;
    }

    /**
     * Decodes sequences up to one that is not short, or near an end. Several calls decode a page, and this method is
     * too large to be compiled into its caller: so the JVM compiles it once, early, instead of three times (the loop
     * that runs, the method, the caller with it), each of them dearer than decoding a thousand pages.
     *
     * @return where to go on, see {@link #place}; with {@code ~o} instead of o if that was the last sequence; or
     *     {@link #malformed}
     */
    private static long sequences(byte[] in, int from, int inEnd, byte[] out, int outFrom, int outEnd, int history) {
        int i = from;
        int o = outFrom;

        // Nearly all sequences are short and far from both ends: their bytes are copied without asking how many.
        int inLast = inEnd - SHORT_IN_MAX - 1;
        int outLast = Math.min(outEnd - SHORT_OUT_MAX, o + CALL_OUT_MAX);
        while (i <= inLast && o <= outLast) {
            int token = in[i] & 0xFF;
            if (token >= LENGTH_CONTINUED << 4 || (token & 0xF) == LENGTH_CONTINUED) {
                break;
            }
            i++;
            copyLong(in, i, out, o);
            copyLong(in, i + Long.BYTES, out, o + Long.BYTES);
            i += token >>> 4;
            o += token >>> 4;
            int back = (in[i] & 0xFF) | (in[i + 1] & 0xFF) << 8;
            if (back == 0 || back > o - history) {
                return malformed(i);
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
                copyMatch(out, o, back, same);
            }
            o += same;
        }

        if (i >= inEnd) {
            return malformed(i);
        }
        int token = in[i++] & 0xFF;
        int literals = token >>> 4;
        if (literals == LENGTH_CONTINUED) {
            int more;
            do {
                if (i >= inEnd || literals > outEnd - o) {
                    return malformed(i);
                }
                more = in[i++] & 0xFF;
                literals += more;
            } while (more == 0xFF);
        }
        if (literals > inEnd - i || literals > outEnd - o) {
            return malformed(i);
        }
        System.arraycopy(in, i, out, o, literals);
        i += literals;
        o += literals;
        if (i == inEnd) {
            return place(i, ~o);
        }

        if (inEnd - i < Short.BYTES) {
            return malformed(i);
        }
        int distance = (in[i] & 0xFF) | (in[i + 1] & 0xFF) << 8;
        if (distance == 0 || distance > o - history) {
            return malformed(i);
        }
        i += Short.BYTES;
        int match = (token & 0xF) + MATCH_MIN;
        if (match == LENGTH_CONTINUED + MATCH_MIN) {
            int more;
            do {
                if (i >= inEnd || match > outEnd - o) {
                    return malformed(i);
                }
                more = in[i++] & 0xFF;
                match += more;
            } while (more == 0xFF);
        }
        if (match > outEnd - o) {
            return malformed(i);
        }
        copyMatch(out, o, distance, match);
        return place(i, o + match);
    }

    /** Returns places in both arrays as one number, not negative. */
    private static long place(int i, int o) {
        return (long) i << Integer.SIZE | Integer.toUnsignedLong(o);
    }

    private static long malformed(int i) {
        return (long) ~i << Integer.SIZE;
    }

    private static void copyLong(byte[] in, int i, byte[] out, int o) {
        LONG.set(out, o, (long) LONG.get(in, i));
    }

    /** Copies bytes that were decoded before; where the two ranges overlap, the bytes repeat. */
    private static void copyMatch(byte[] out, int o, int distance, int length) {
        int source = o - distance;
        if (distance >= length) {
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
