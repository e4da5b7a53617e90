package litestream4j.ltx;

/** Where the page frames of one LTX file lie. Safe for use by many threads. */
public interface FrameIndex {
    /** Returns the number of frames in the file. */
    int size();

    /**
     * Returns the page number of a frame, in [1, 2^32 - 1].
     *
     * @param i in [0, size), as in all methods here
     */
    long pgno(int i);

    /** Returns the place of a page in this index, or -1 if the file does not hold the page. */
    int find(long pgno);

    /** Tells whether {@link #offset} and {@link #frameBytes} can be answered for a frame now. */
    boolean isKnown(int i);

    /** Returns where in the file a frame begins. */
    long offset(int i);

    /** Returns the size of a frame: page header, size field if it has one, and payload. */
    int frameBytes(int i);

    /** Returns the bytes that this index takes in memory, objects' own overhead left out. */
    long memoryBytes();
}
