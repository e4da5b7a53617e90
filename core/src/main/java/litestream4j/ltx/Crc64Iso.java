package litestream4j.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A running CRC-64 with the ISO 3309 polynomial x^64 + x^4 + x^3 + x + 1: bit-reflected, initial value and
 * final XOR all ones. Often named CRC-64/GO-ISO; the CRC of {@code 123456789} is {@code b90956c775a41001}.
 *
 * <p>Not thread-safe.
 */
public final class Crc64Iso {
    private static final long POLYNOMIAL = 0xD800_0000_0000_0000L;

    /** Bytes taken at a step: with a table for each, no lookup waits for another one. */
    private static final int SLICE = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** {@code TABLES[256 * k + b]}: the CRC register after byte b and k zero bytes, begun at 0. 32 KiB. */
    private static final long[] TABLES = tables();

    private long register = -1;

    /** Begins the CRC of nothing, which is 0. */
    public Crc64Iso() {}

    /** Returns the CRC of some bytes. */
    public static long of(byte[] bytes, int from, int length) {
        Crc64Iso crc = new Crc64Iso();
        crc.update(bytes, from, length);
        return crc.value();
    }

    /** Appends one byte. */
    public void update(byte b) {
        register = step(register, b);
    }

    /**
     * Appends bytes.
     *
     * @throws IndexOutOfBoundsException if the range does not lie in the array
     */
    public void update(byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        long crc = register;
        int at = from;
        int end = from + length;
        while (end - at >= SLICE) {
            crc = slice(crc ^ (long) LONG.get(bytes, at), (long) LONG.get(bytes, at + Long.BYTES));
            at += SLICE;
        }
        while (at < end) {
            crc = step(crc, bytes[at++]);
        }
        register = crc;
    }

    /** Returns the CRC of all bytes so far; more may follow. */
    public long value() {
        return ~register;
    }

    private static long step(long crc, byte b) {
        return TABLES[(int) (crc ^ b) & 0xFF] ^ (crc >>> 8);
    }

    private static long slice(long first, long second) {
        return half(first, 256 * 8) ^ half(second, 0);
    }

    /** The lowest byte came first, so the most bytes follow it: its table is the last of the eight. */
    private static long half(long word, int table) {
        return TABLES[table + 256 * 7 + ((int) word & 0xFF)]
                ^ TABLES[table + 256 * 6 + ((int) (word >>> 8) & 0xFF)]
                ^ TABLES[table + 256 * 5 + ((int) (word >>> 16) & 0xFF)]
                ^ TABLES[table + 256 * 4 + ((int) (word >>> 24) & 0xFF)]
                ^ TABLES[table + 256 * 3 + ((int) (word >>> 32) & 0xFF)]
                ^ TABLES[table + 256 * 2 + ((int) (word >>> 40) & 0xFF)]
                ^ TABLES[table + 256 + ((int) (word >>> 48) & 0xFF)]
                ^ TABLES[table + (int) (word >>> 56)];
    }

    private static long[] tables() {
        long[] tables = new long[256 * SLICE];
        for (int b = 0; b < 256; b++) {
            long crc = b;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
            }
            tables[b] = crc;
        }
        for (int i = 256; i < tables.length; i++) {
            long crc = tables[i - 256];
            tables[i] = tables[(int) crc & 0xFF] ^ (crc >>> 8);
        }
        return tables;
    }
}
