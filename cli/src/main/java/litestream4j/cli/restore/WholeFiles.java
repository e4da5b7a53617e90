package litestream4j.cli.restore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Files of a replica as streams, one after the other. From a remote store they come in pieces of up to 4 MiB, of which
 * up to 16, but no more than 32 MiB, are fetched side by side and ahead of the reader: of the same large file or of
 * many small ones. Memory: those 32 MiB. Used by one thread.
 */
public final class WholeFiles implements AutoCloseable {
    private static final int PIECE_BYTES = 4 << 20;
    private static final int AHEAD_PIECES = 16;
    private static final long AHEAD_BYTES = 32 << 20;

    private final ReplicaClient client;
    private final LongConsumer received;
    private final Iterator<LtxFile> files;
    private final Iterator<Piece> pieces;
    private final Deque<Fetch> ahead = new ArrayDeque<>();
    private final @Nullable ExecutorService threads;
    private long aheadBytes;
    private @Nullable Piece waiting;
    private @Nullable InputStream current;

    private record Piece(LtxFile file, long offset, int length) {}

    private record Fetch(Piece piece, Future<byte[]> content) {}

    /**
     * @param client repeats requests by itself; not closed
     * @param files in the order in which they are wanted
     * @param received is told of each number of bytes that were read
     */
    public WholeFiles(ReplicaClient client, List<LtxFile> files, LongConsumer received) {
        this.client = client;
        this.received = received;
        this.files = files.iterator();
        this.pieces = files.stream().flatMap(WholeFiles::pieces).iterator();
        this.threads = client.isLocal()
                ? null
                : Executors.newFixedThreadPool(
                        AHEAD_PIECES,
                        Thread.ofPlatform()
                                .daemon()
                                .name("litestream-whole-", 1)
                                .factory());
    }

    private static Stream<Piece> pieces(LtxFile file) {
        return LongStream.range(0, (file.size() + PIECE_BYTES - 1) / PIECE_BYTES)
                .mapToObj(i ->
                        new Piece(file, i * PIECE_BYTES, (int) Math.min(PIECE_BYTES, file.size() - i * PIECE_BYTES)));
    }

    /**
     * Returns the next file, from its first byte on. What is left of the one before is passed over.
     *
     * @throws ReplicaException also from the stream
     */
    public InputStream next() throws IOException {
        close(current);
        LtxFile file = files.next();
        InputStream stream;
        if (threads != null) {
            stream = new Pieces(file);
        } else if (file.size() == 0) {
            stream = InputStream.nullInputStream();
        } else {
            LtxObject object = client.read(file, 0, file.size());
            stream = new Counted(object.body(), received);
        }
        current = stream;
        return stream;
    }

    @Override
    public void close() throws IOException {
        if (threads != null) {
            threads.shutdownNow();
        } else {
            close(current);
        }
    }

    private static void close(@Nullable InputStream stream) throws IOException {
        if (stream != null) {
            stream.close();
        }
    }

    /** Begins as many fetches as may be under way. */
    private void fetchAhead(ExecutorService pool) {
        while (ahead.size() < AHEAD_PIECES) {
            Piece piece = waiting;
            if (piece == null) {
                if (!pieces.hasNext()) {
                    return;
                }
                piece = pieces.next();
            }
            if (!ahead.isEmpty() && aheadBytes + piece.length > AHEAD_BYTES) {
                waiting = piece;
                return;
            }
            waiting = null;
            Piece wanted = piece;
            aheadBytes += wanted.length;
            ahead.add(new Fetch(wanted, pool.submit(() -> fetch(wanted))));
        }
    }

    private byte[] fetch(Piece piece) throws IOException {
        try (LtxObject object = client.read(piece.file, piece.offset, piece.length)) {
            return object.body().readNBytes(piece.length);
        }
    }

    private byte[] take(ExecutorService pool, LtxFile file) throws IOException {
        fetchAhead(pool);
        Fetch fetch = ahead.remove();
        if (!fetch.piece.file.equals(file)) {
            throw new NoSuchElementException("pieces of " + file.label() + " were expected next");
        }
        try {
            byte[] content = fetch.content.get();
            aheadBytes -= fetch.piece.length;
            received.accept(content.length);
            return content;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(file.label() + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaException.Interrupted(file.label() + ": interrupted", e);
        }
    }

    /** A file that comes in pieces. */
    private final class Pieces extends InputStream {
        private final LtxFile file;
        private long left;
        private byte[] piece = {};
        private int at;

        Pieces(LtxFile file) {
            this.file = file;
            this.left = file.size();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == piece.length && !advance()) {
                return -1;
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, from, count);
            at += count;
            return count;
        }

        private boolean advance() throws IOException {
            if (left == 0 || threads == null) {
                return false;
            }
            piece = take(threads, file);
            left -= piece.length;
            at = 0;
            return true;
        }

        /** Passes over the rest, so that the pieces of the next file are the next ones. */
        @Override
        public void close() {
            while (!ahead.isEmpty() && ahead.peek().piece.file.equals(file)) {
                Fetch unwanted = ahead.remove();
                unwanted.content.cancel(true);
                aheadBytes -= unwanted.piece.length;
            }
            Piece next = waiting;
            while ((next == null || next.file.equals(file)) && pieces.hasNext()) {
                next = pieces.next();
            }
            waiting = next == null || next.file.equals(file) ? null : next;
            left = 0;
            at = piece.length;
        }
    }

    private static final class Counted extends FilterInputStream {
        private final LongConsumer received;

        Counted(InputStream body, LongConsumer received) {
            super(body);
            this.received = received;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = super.read(into, from, length);
            if (count > 0) {
                received.accept(count);
            }
            return count;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            if (read >= 0) {
                received.accept(1);
            }
            return read;
        }
    }
}
