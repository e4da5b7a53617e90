package litestream4j.sqlite;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Memory of the host, by address. The shim's contract (shim.h) says what lies where. */
final class NativeMemory {
    /** All of it, so that no segment is allocated for each page that is handed over. */
    @SuppressWarnings("restricted") // Addresses come from SQLite and the shim only, with the room they promise.
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    static long getLong(long address) {
        return ALL.get(ValueLayout.JAVA_LONG, address);
    }

    static void setLong(long address, long value) {
        ALL.set(ValueLayout.JAVA_LONG, address, value);
    }

    /** Returns the string that ends with a zero byte, or null for no address. */
    static @Nullable String getString(long address) {
        return address == 0 ? null : ALL.getString(address);
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
        ALL.set(ValueLayout.JAVA_BYTE, address + length, (byte) 0);
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
