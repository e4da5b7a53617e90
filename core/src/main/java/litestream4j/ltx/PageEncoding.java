package litestream4j.ltx;

/** How the payload of a page frame is stored. Both kinds may be in one replica, and in one file. */
public enum PageEncoding {
    /**
     * Page flags 1: the payload's size as 4 bytes, then one raw LZ4 block. Written by Litestream from 0.5.16
     * on.
     */
    BLOCK(1),

    /** Page flags 0: one LZ4 frame, which ends itself. Written by Litestream 0.5.0 to 0.5.15. */
    FRAME(0);

    private final int flags;

    PageEncoding(int flags) {
        this.flags = flags;
    }

    /** Returns the page flags that stand for this encoding. */
    int flags() {
        return flags;
    }

    /**
     * Returns the encoding that page flags stand for.
     *
     * @param offset where in the file the frame begins, for messages
     * @throws LtxFormatException if they stand for none. Files of the first two generations of the format
     *     end here: they have no page flags, so the first bytes of the page or of the LZ4 frame are in their
     *     place
     */
    static PageEncoding ofFlags(String file, long offset, int flags) throws LtxFormatException {
        return switch (flags) {
            case 1 -> BLOCK;
            case 0 -> FRAME;
            default ->
                throw new LtxFormatException(
                        file,
                        offset + Integer.BYTES,
                        "page flags",
                        "0x0000 or 0x0001",
                        "0x%04x: the file is of an older, unsupported LTX version, or damaged".formatted(flags));
        };
    }
}
