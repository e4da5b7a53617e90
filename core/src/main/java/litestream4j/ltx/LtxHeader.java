package litestream4j.ltx;

import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The first 100 bytes of an LTX file: which transactions it holds, and the size of the database after them.
 *
 * <pre>
 *  0 magic "LTX1"   4 flags: u32     8 page size: u32     12 commit: u32      16 min TXID: u64  24 max TXID: u64
 * 32 time: i64     40 pre-apply: u64  48 WAL offset: i64  56 WAL size: i64    64, 68 WAL salts: u32
 * 72 node: u64     80 reserved: 20 bytes, written as zero, not looked at by readers
 * </pre>
 *
 * @param noChecksum the file has no database checksums; set in all that Litestream writes
 * @param pageSize of the database
 * @param commit size of the database after the file is applied
 * @param min the first transaction in the file, not 0
 * @param max the last transaction in the file, not before {@code min}
 * @param timestampMillis when the last transaction was replicated, in milliseconds since 1970 in UTC; may be 0
 * @param preApplyChecksum rolling checksum of the database before the file is applied, with bit 63 set; 0 with
 *     {@code noChecksum} and in a snapshot
 * @param walOffset where in the primary's WAL the transactions lay, in bytes; 0 in compacted files
 * @param walSize bytes of the WAL they took; 0 unless {@code walOffset} is set
 * @param walSalt1 first salt of the WAL; 0 unless {@code walOffset} is set
 * @param walSalt2 second salt of the WAL; 0 unless {@code walOffset} is set
 * @param nodeId who wrote the file; 0 if not said
 */
public record LtxHeader(
        boolean noChecksum,
        PageSize pageSize,
        Commit commit,
        Txid min,
        Txid max,
        long timestampMillis,
        long preApplyChecksum,
        long walOffset,
        long walSize,
        int walSalt1,
        int walSalt2,
        long nodeId) {
    /** Size of every header, in bytes. */
    public static final int BYTES = 100;

    private static final int MAGIC = 0x4C54_5831;
    private static final int FLAG_LZ4_OF_GENERATION_1 = 1;
    private static final int FLAG_NO_CHECKSUM = 2;

    /** @throws IllegalArgumentException if no valid file has such a header; see the parameters */
    public LtxHeader {
        Broken broken = brokenRule(noChecksum, min, max, preApplyChecksum, walOffset, walSize, walSalt1, walSalt2);
        if (broken != null) {
            throw new IllegalArgumentException(
                    "%s: expected %s, found %s".formatted(broken.field, broken.expected, broken.found));
        }
    }

    /** Returns a header as Litestream writes it: without database checksums, WAL position and node. */
    public static LtxHeader noChecksum(PageSize pageSize, Commit commit, Txid min, Txid max, long timestampMillis) {
        return new LtxHeader(true, pageSize, commit, min, max, timestampMillis, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Reads and checks a header.
     *
     * @param file name of the file, for messages
     * @param bytes holds the file's first 100 bytes
     * @param from where in {@code bytes} the file begins
     * @throws LtxFormatException if there are less than 100 bytes, or they are no valid header
     */
    public static LtxHeader parse(String file, byte[] bytes, int from) throws LtxFormatException {
        if (bytes.length - from < BYTES) {
            throw new LtxFormatException(file, 0, "header", BYTES + " bytes", (bytes.length - from) + " bytes");
        }
        if (BigEndian.i32(bytes, from) != MAGIC) {
            String found = HexFormat.of().formatHex(bytes, from, from + Integer.BYTES);
            throw new LtxFormatException(file, 0, "magic", "4c545831, the mark of an LTX file", found);
        }
        int flags = BigEndian.i32(bytes, from + 4);
        checkFlags(file, flags);
        long pageBytes = BigEndian.u32(bytes, from + 8);
        if (!PageSize.isValid(pageBytes)) {
            throw new LtxFormatException(file, 8, "page size", "a power of two in [512, 65536]", pageBytes);
        }
        boolean noChecksum = flags == FLAG_NO_CHECKSUM;
        Txid min = new Txid(BigEndian.i64(bytes, from + 16));
        Txid max = new Txid(BigEndian.i64(bytes, from + 24));
        long preApplyChecksum = BigEndian.i64(bytes, from + 40);
        long walOffset = BigEndian.i64(bytes, from + 48);
        long walSize = BigEndian.i64(bytes, from + 56);
        int salt1 = BigEndian.i32(bytes, from + 64);
        int salt2 = BigEndian.i32(bytes, from + 68);
        Broken broken = brokenRule(noChecksum, min, max, preApplyChecksum, walOffset, walSize, salt1, salt2);
        if (broken != null) {
            throw new LtxFormatException(file, broken.offset, broken.field, broken.expected, broken.found);
        }
        return new LtxHeader(
                noChecksum,
                new PageSize((int) pageBytes),
                new Commit(BigEndian.u32(bytes, from + 12)),
                min,
                max,
                BigEndian.i64(bytes, from + 32),
                preApplyChecksum,
                walOffset,
                walSize,
                salt1,
                salt2,
                BigEndian.i64(bytes, from + 72));
    }

    /** Returns the 100 bytes of the header; reserved bytes are zero. */
    public byte[] encode() {
        byte[] bytes = new byte[BYTES];
        BigEndian.put32(bytes, 0, MAGIC);
        BigEndian.put32(bytes, 4, noChecksum ? FLAG_NO_CHECKSUM : 0);
        BigEndian.put32(bytes, 8, pageSize.bytes());
        BigEndian.put32(bytes, 12, (int) commit.pages());
        BigEndian.put64(bytes, 16, min.value());
        BigEndian.put64(bytes, 24, max.value());
        BigEndian.put64(bytes, 32, timestampMillis);
        BigEndian.put64(bytes, 40, preApplyChecksum);
        BigEndian.put64(bytes, 48, walOffset);
        BigEndian.put64(bytes, 56, walSize);
        BigEndian.put32(bytes, 64, walSalt1);
        BigEndian.put32(bytes, 68, walSalt2);
        BigEndian.put64(bytes, 72, nodeId);
        return bytes;
    }

    /** Returns when the last transaction was replicated; 1970 in some old files that do not say it. */
    public Instant timestamp() {
        return Instant.ofEpochMilli(timestampMillis);
    }

    /** Returns the name that a file with this header must have. */
    public LtxFileName name() {
        return new LtxFileName(min, max);
    }

    /** Tells whether the file must hold every page of the database. */
    public boolean isSnapshot() {
        return min.value() == 1;
    }

    private static void checkFlags(String file, int flags) throws LtxFormatException {
        if ((flags & ~FLAG_NO_CHECKSUM) == 0) {
            return;
        }
        String found = (flags & FLAG_LZ4_OF_GENERATION_1) == 0
                ? "other bits, of a newer LTX version or damage"
                : "bit 0x00000001, of an older, unsupported LTX version";
        throw new LtxFormatException(
                file, 4, "invalid flags: 0x%08x".formatted(flags), "none but 0x00000002 (NoChecksum)", found);
    }

    private static @Nullable Broken brokenRule(
            boolean noChecksum,
            Txid min,
            Txid max,
            long preApplyChecksum,
            long walOffset,
            long walSize,
            int walSalt1,
            int walSalt2) {
        if (min.value() == 0) {
            return new Broken(16, "min TXID", "not 0", min);
        }
        if (max.isBefore(min)) {
            return new Broken(24, "max TXID", ">= min TXID " + min, max);
        }
        if (walOffset < 0) {
            return new Broken(48, "WAL offset", ">= 0", walOffset);
        }
        if (walSize < 0 || (walSize != 0 && walOffset == 0)) {
            return new Broken(56, "WAL size", walOffset == 0 ? "0 as the WAL offset" : ">= 0", walSize);
        }
        if (walOffset == 0 && (walSalt1 != 0 || walSalt2 != 0)) {
            return new Broken(64, "WAL salts", "0 as the WAL offset", "%08x %08x".formatted(walSalt1, walSalt2));
        }
        String checksum = HexFormat.of().toHexDigits(preApplyChecksum);
        if (min.value() == 1 || noChecksum) {
            String reason = min.value() == 1 ? "0 in a snapshot" : "0 with NoChecksum";
            return preApplyChecksum == 0 ? null : new Broken(40, "pre-apply checksum", reason, checksum);
        }
        return DatabaseChecksum.isValid(preApplyChecksum)
                ? null
                : new Broken(40, "pre-apply checksum", "bit 63 set", checksum);
    }

    /** A rule of the format that the fields do not follow. */
    private record Broken(int offset, String field, String expected, Object found) {}
}
