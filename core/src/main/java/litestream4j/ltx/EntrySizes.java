package litestream4j.ltx;

/**
 * How long the entries of a snapshot's index are, about: page numbers and offsets grow by a byte at powers of 128, and
 * frames of one file are of much the same size.
 */
final class EntrySizes {
    private static final int GROUP_BITS = 7;

    /** A frame's own size takes two bytes, from 128 to 16383. */
    private static final int FRAME_BYTES = 2;

    private final double frameBytes;

    /** @param frameBytes mean size of the frames */
    EntrySizes(double frameBytes) {
        this.frameBytes = Math.max(1, frameBytes);
    }

    /** Returns the bytes that the first entries take, about. */
    double of(int entries) {
        double bytes = (double) FRAME_BYTES * entries;
        for (int shift = 0; shift < Long.SIZE - 1; shift += GROUP_BITS) {
            double from = shift == 0 ? 0 : (double) (1L << shift);
            // From there on each has a byte more.
            bytes += Math.max(0, entries - from) + Math.max(0, entries - from / frameBytes);
        }
        return bytes;
    }

    /** Returns the length of a number as varint, in bytes. */
    static int varint(long value) {
        return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + GROUP_BITS - 1) / GROUP_BITS;
    }
}
