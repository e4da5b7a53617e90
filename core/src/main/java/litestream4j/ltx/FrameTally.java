package litestream4j.ltx;

/**
 * What is left of a file's frames when their index is not kept: their number, where they end, and a digest of their
 * page numbers and sizes. Not thread-safe.
 */
final class FrameTally {
    /** An odd number whose bits look random, so that each step of the digest can be undone and mixes all bits. */
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private long frames;
    private long end = LtxHeader.BYTES;
    private long digest;

    void add(long pgno, long frameBytes) {
        frames++;
        end += frameBytes;
        digest = Long.rotateLeft((digest ^ pgno) * MIX, 29);
        digest = Long.rotateLeft((digest ^ frameBytes) * MIX, 29);
    }

    long frames() {
        return frames;
    }

    /** Returns where in the file the next frame would begin. */
    long end() {
        return end;
    }

    boolean isSame(FrameTally other) {
        return frames == other.frames && end == other.end && digest == other.digest;
    }
}
