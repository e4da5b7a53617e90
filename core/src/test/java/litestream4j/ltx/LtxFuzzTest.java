package litestream4j.ltx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Property: whatever the bytes, every decoder returns or throws {@link LtxFormatException}.
 * Method: random changes to valid files, with the fields for sizes preferred, and random bytes. Sizes that were
 * believed would not fit in memory, so an allocation without bound would show as an error as well.
 */
class LtxFuzzTest {
    private static final int ROUNDS = 30_000;

    private static final long[] SPECIAL = {
        0, 1, -1, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL, Long.MAX_VALUE, Long.MIN_VALUE, 0x80, 0x4000, 65536
    };

    private final long seed = LtxSamples.seed();
    private final Random random = new Random(seed);

    @Test
    void wholeFiles() {
        List<byte[]> files = new ArrayList<>();
        for (PageEncoding encoding : PageEncoding.values()) {
            files.add(LtxSamples.snapshot(512, 3, encoding, false, random));
            files.add(LtxSamples.snapshot(512, 2, encoding, true, random));
        }
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(files.get(round % files.size()));
            run(round, () -> LtxFileContents.parse(null, "f", bytes));
        }
    }

    @Test
    void indexes() {
        byte[] file = LtxSamples.snapshot(512, 5, PageEncoding.BLOCK, false, random);
        byte[] tail = Arrays.copyOfRange(file, file.length - 80, file.length);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(tail);
            long fileBytes = random.nextInt(4) == 0 ? random.nextLong() : file.length;
            Commit commit = random.nextBoolean() ? new Commit(5) : null;
            PageSize pageSize = random.nextBoolean() ? new PageSize(512) : null;
            run(round, () -> PageIndex.parse("f", bytes, fileBytes, commit, pageSize));
        }
    }

    @Test
    void frames() {
        for (int round = 0; round < ROUNDS; round++) {
            PageEncoding encoding = random.nextBoolean() ? PageEncoding.BLOCK : PageEncoding.FRAME;
            FrameEncoder encoder = new FrameEncoder(encoding, new PageSize(PageSize.BYTES_MIN));
            int length = encoder.encode(7, LtxSamples.page(512, random));
            byte[] bytes = mutated(Arrays.copyOf(encoder.frame(), length));
            PageSize pageSize = new PageSize(random.nextInt(8) == 0 ? 1024 : 512);
            run(round, () -> FrameDecoder.decode("f", 100, bytes, 0, bytes.length, 7, pageSize));
        }
    }

    @Test
    void headersAndTrailers() {
        byte[] header = LtxSamples.header(512, 3, 2, 4).encode();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(header);
            run(round, () -> {
                LtxHeader parsed = LtxHeader.parse("f", bytes, 0);
                LtxTrailer.parse("f", 0, bytes, random.nextInt(90), parsed);
            });
        }
    }

    private interface Decoder {
        void run() throws LtxFormatException;
    }

    private void run(int round, Decoder decoder) {
        try {
            decoder.run();
        } catch (LtxFormatException e) {
            // As it should be.
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed=%d round=%d".formatted(seed, round), e);
        }
    }

    private byte[] mutated(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int k = 1 + random.nextInt(3); k > 0; k--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] = (byte) 0xFF;
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> {
                    if (at + Integer.BYTES <= bytes.length) {
                        BigEndian.put32(bytes, at, (int) SPECIAL[random.nextInt(SPECIAL.length)]);
                    }
                }
                case 4 -> {
                    int size = random.nextInt(8) == 0 ? at : Math.max(0, bytes.length - PageIndex.FOOTER_BYTES);
                    if (size + Long.BYTES <= bytes.length) {
                        BigEndian.put64(bytes, size, SPECIAL[random.nextInt(SPECIAL.length)]);
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        bytes = new byte[1 + random.nextInt(300)];
                        random.nextBytes(bytes);
                    } else {
                        bytes = Arrays.copyOf(bytes, Math.max(1, bytes.length - 5 + random.nextInt(10)));
                    }
                }
            }
        }
        return bytes;
    }
}
