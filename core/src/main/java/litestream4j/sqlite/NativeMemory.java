package litestream4j.sqlite;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Memory of the host, by address. The shim's contract (shim.h) says what lies where. */
final class NativeMemory {
    /** All of it, so that no segment is allocated for each page that is handed over. */
    @SuppressWarnings("restricted") // Addresses come from SQLite and the shim only, with the room they promise.
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /** Divides every page size. */
    private static final int STRING_BYTES = 64;

    private NativeMemory() {}

    /*
     * Numbers and strings are copied, too. Accessors of MemorySegment would be linked at their first use, for 15 ms in
     * a host that has only just started Java.
     */

    static long getLong(long address) {
        byte[] bytes = new byte[Long.BYTES];
        copy(address, bytes, bytes.length);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value |= (bytes[i] & 0xFFL) << shift(i);
        }
        return value;
    }

    static void setLong(long address, long value) {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (value >>> shift(i));
        }
        copy(bytes, 0, address, bytes.length);
    }

    private static int shift(int i) {
        return Byte.SIZE * (LITTLE_ENDIAN ? i : Long.BYTES - 1 - i);
    }

    /** Returns the string that ends with a zero byte, or null for no address. */
    static @Nullable String getString(long address) {
        if (address == 0) {
            return null;
        }
        byte[] bytes = new byte[STRING_BYTES];
        int length = 0;
        while (true) {
            // Never over the bounds of a block, and so never into memory that may not be read.
            int room = STRING_BYTES - (int) ((address + length) % STRING_BYTES);
            bytes = Arrays.copyOf(bytes, length + room);
            MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address + length, bytes, length, room);
            for (int end = length + room; length < end; length++) {
                if (bytes[length] == 0) {
                    return new String(bytes, 0, length, StandardCharsets.UTF_8);
                }
            }
        }
    }

    private static void copy(long address, byte[] to, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, to, 0, length);
    }

    /** Writes a string and a zero byte; cut to the room there is, at a whole character. */
    static void setString(long address, long capacity, String text) {
        if (address == 0 || capacity <= 0) {
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = (int) Math.min(bytes.length, capacity - 1);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        copy(bytes, 0, address, length);
        zero(address + length, 1);
    }

    static void copy(byte[] from, int offset, long address, int length) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, address, length);
    }

    static void zero(long address, long length) {
        ALL.asSlice(address, length).fill((byte) 0);
    }

    /** Returns the strings of an array that ends with a null pointer. */
    static String[] getStrings(long address) {
        String[] strings = new String[8];
        int count = 0;
        for (long at = address; getLong(at) != 0; at += Long.BYTES) {
            if (count == strings.length) {
                strings = Arrays.copyOf(strings, 2 * count);
            }
            String string = getString(getLong(at));
            strings[count++] = string == null ? "" : string;
        }
        return Arrays.copyOf(strings, count);
    }
}
