package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    @Test
    void numbersAreInTheOrderOfTheMachine() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_LONG);
            for (long value : new long[] {0, 1, -1, 0x0123456789ABCDEFL, Long.MIN_VALUE}) {
                number.set(ValueLayout.JAVA_LONG, 0, value);
                assertThat(NativeMemory.getLong(number.address())).isEqualTo(value);
                NativeMemory.setLong(number.address(), ~value);
                assertThat(number.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(~value);
            }
        }
    }

    @Test
    void stringsOfEachLengthAreReadFromEachPlace() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(512, 64);
            for (int at = 0; at < 64; at++) {
                for (int length = 0; length < 200; length++) {
                    String text = "ü".repeat(length / 2) + "x".repeat(length % 2);
                    block.fill((byte) 'y');
                    block.setString(at, text);
                    assertThat(NativeMemory.getString(block.address() + at)).isEqualTo(text);
                }
            }
        }
    }

    @Test
    void noAddressIsNoString() {
        assertThat(NativeMemory.getString(0)).isNull();
    }

    @Test
    void aStringIsCutAtAWholeCharacter() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(8);
            room.fill((byte) 'y');
            NativeMemory.setString(room.address(), 6, "abcdü");
            assertThat(room.getString(0, StandardCharsets.UTF_8)).isEqualTo("abcd");
            NativeMemory.setString(room.address(), 7, "abcdü");
            assertThat(room.getString(0, StandardCharsets.UTF_8)).isEqualTo("abcdü");
            assertThat(room.get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) 'y');
        }
    }
}
