package litestream4j.ltx;

import java.util.HexFormat;

/**
 * The last 16 bytes of an LTX file.
 *
 * @param postApplyChecksum rolling checksum of the database after the file is applied, with bit 63 set; 0 with
 *     NoChecksum
 * @param fileChecksum CRC over the file, with pages decompressed, and with bit 63 set
 */
public record LtxTrailer(long postApplyChecksum, long fileChecksum) {
    /** Size of every trailer, in bytes. */
    public static final int BYTES = 16;

    /** How much of the trailer the file checksum covers, in bytes. */
    static final int COVERED_BYTES = 8;

    /**
     * Reads and checks a trailer. That the checksums fit the file is for the caller to check.
     *
     * @param file name of the file, for messages
     * @param offset where in the file the trailer begins, for messages
     * @param bytes holds the trailer
     * @param from where in {@code bytes} the trailer begins
     * @param header of the same file
     * @throws LtxFormatException if there are less than 16 bytes, or they are no valid trailer
     */
    public static LtxTrailer parse(String file, long offset, byte[] bytes, int from, LtxHeader header)
            throws LtxFormatException {
        if (bytes.length - from < BYTES) {
            throw new LtxFormatException(file, offset, "trailer", BYTES + " bytes", (bytes.length - from) + " bytes");
        }
        long postApply = BigEndian.i64(bytes, from);
        String expected = expectedPostApply(postApply, header);
        if (!expected.isEmpty()) {
            throw new LtxFormatException(file, offset, "post-apply checksum", expected, hex(postApply));
        }
        long fileChecksum = BigEndian.i64(bytes, from + Long.BYTES);
        if (!DatabaseChecksum.isValid(fileChecksum)) {
            throw new LtxFormatException(file, offset + Long.BYTES, "file checksum", "bit 63 set", hex(fileChecksum));
        }
        return new LtxTrailer(postApply, fileChecksum);
    }

    /** Returns the 16 bytes of the trailer. */
    public byte[] encode() {
        byte[] bytes = new byte[BYTES];
        BigEndian.put64(bytes, 0, postApplyChecksum);
        BigEndian.put64(bytes, Long.BYTES, fileChecksum);
        return bytes;
    }

    /** Returns what a file with this header must have as its post-apply checksum; empty if it has that. */
    static String expectedPostApply(long postApply, LtxHeader header) {
        if (header.noChecksum()) {
            return postApply == 0 ? "" : "0 with NoChecksum";
        }
        if (header.commit().pages() == 0 && postApply != DatabaseChecksum.EMPTY) {
            return hex(DatabaseChecksum.EMPTY) + " of an empty database";
        }
        return DatabaseChecksum.isValid(postApply) ? "" : "bit 63 set";
    }

    static String hex(long checksum) {
        return HexFormat.of().toHexDigits(checksum);
    }
}
