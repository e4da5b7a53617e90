package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import litestream4j.engine.Reader;
import litestream4j.engine.Snapshot;
import litestream4j.testkit.DatabaseImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what SQLite reads is the database file of one view, with its header fitted, byte for byte. */
class OpenFileTest {
    private static final int PAGE_BYTES = 512;

    private FolderReplica replica;
    private Reader reader;
    private OpenFile file;

    @BeforeEach
    void openFile(@TempDir Path root) throws IOException {
        replica = new FolderReplica(root);
        replica.write(5);
        reader = replica.open();
        file = new OpenFile("x.db", reader);
    }

    @AfterEach
    void closeFile() {
        file.close();
    }

    /**
     * Property: any slice is the slice of the whole file, beyond the end zeros. Method: 5000 random slices, within
     * pages, over their bounds, and over the end.
     */
    @Test
    void anySliceIsTheSliceOfTheFittedFile() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] whole = fittedFile(reader.view());
        assertThat(file.size()).isEqualTo(whole.length);
        for (int i = 0; i < 5000; i++) {
            int offset = random.nextInt(4) == 0 ? random.nextInt(100) : random.nextInt(whole.length + 600);
            int amount = 1 + random.nextInt(random.nextBoolean() ? 40 : 1500);
            byte[] slice = new byte[amount];
            ResultCode code = read(slice, offset);
            boolean isShort = offset + amount > whole.length;
            assertThat(code)
                    .as("seed=%d [%d, %d)", seed, offset, offset + amount)
                    .isEqualTo(isShort ? ResultCode.IOERR_SHORT_READ : ResultCode.OK);
            byte[] padded = Arrays.copyOf(whole, Math.max(whole.length, offset + amount));
            assertThat(slice)
                    .as("seed=%d [%d, %d)", seed, offset, offset + amount)
                    .isEqualTo(Arrays.copyOfRange(padded, offset, offset + amount));
        }
    }

    private byte[] fittedFile(Snapshot view) {
        DatabaseImage image =
                replica.primary.imageOf(view.txid(), view.timestamp()).orElseThrow();
        ByteBuffer whole = ByteBuffer.allocate((int) view.commit().pages() * PAGE_BYTES);
        for (long pgno = 1; pgno <= view.commit().pages(); pgno++) {
            whole.put(Objects.requireNonNull(image.page(pgno)));
        }
        whole.put(18, (byte) 1).put(19, (byte) 1);
        whole.putInt(24, view.epoch()).putInt(28, (int) view.commit().pages()).putInt(92, view.epoch());
        return whole.array();
    }

    @Test
    void changeCounterStaysWithTheView() throws Exception {
        byte[] first = new byte[16];
        byte[] second = new byte[16];
        file.lock(1);
        read(first, 24);
        file.unlock(0);
        file.lock(1);
        read(second, 24);
        file.unlock(0);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void changeCounterAndSizeAreThoseOfTheViewOfThePast() throws Exception {
        byte[] before = new byte[16];
        read(before, 24);
        file.statements().setTxid("0000000000000002");
        byte[] past = new byte[16];
        read(past, 24);
        assertThat(Arrays.copyOf(past, 4)).isNotEqualTo(Arrays.copyOf(before, 4));
        assertThat(file.size()).isEqualTo(reader.view().commit().pages() * PAGE_BYTES);
        assertThat(ByteBuffer.wrap(past).getInt(4))
                .isEqualTo((int) reader.view().commit().pages());
    }

    @Test
    void writeLocksAreRefusedAndReadLocksGoOn() throws Exception {
        assertThat(file.lock(1)).isEqualTo(ResultCode.OK);
        assertThat(file.lock(2)).isEqualTo(ResultCode.READONLY);
        assertThat(file.takeLastError()).isEqualTo("litestream is a read only vfs");
        assertThat(file.lock(4)).isEqualTo(ResultCode.READONLY);
        assertThat(reader.inTransaction()).isTrue();
        assertThat(file.unlock(0)).isEqualTo(ResultCode.OK);
        assertThat(reader.inTransaction()).isFalse();
    }

    private ResultCode read(byte[] into, long offset) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(into.length);
            buffer.fill((byte) 0x55);
            ResultCode code = file.read(buffer.address(), into.length, offset);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, 0, into.length);
            return code;
        }
    }
}
