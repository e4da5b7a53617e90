package litestream4j.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import litestream4j.ltx.FrameIndex;
import org.jspecify.annotations.Nullable;

/**
 * Which file holds the newest image of each page of a view. Immutable: applying a file gives a new map that shares
 * all but the touched chunks, so publishing a view that changed k of n pages costs O(k) and readers of older views
 * keep theirs at the same price.
 *
 * <p>A trie of two levels over chunks of 256 pages. A chunk whose pages all come from one file is one object; others
 * take one byte a page. Where in the file a page lies is the business of the file's own index.
 */
final class PageMap {
    private static final int CHUNK_BITS = 8;
    private static final int CHUNK_PAGES = 1 << CHUNK_BITS;
    private static final int NODE_BITS = 8;
    private static final int NODE_CHUNKS = 1 << NODE_BITS;

    static final PageMap EMPTY = new PageMap(0, new @Nullable Chunk[0][]);

    private final long pages;
    private final @Nullable Chunk[][] nodes;

    private PageMap(long pages, @Nullable Chunk[][] nodes) {
        this.pages = pages;
        this.nodes = nodes;
    }

    /** Returns the size of the view, in pages. */
    long pages() {
        return pages;
    }

    /**
     * Returns the file that holds a page: it is in the file's index.
     *
     * @param pgno in [1, pages]
     * @return null if no file of the view holds it: the lock page, or a hole
     */
    @Nullable SourceFile sourceOf(long pgno) {
        assert pgno >= 1 && pgno <= pages : pgno;
        long slot = pgno - 1;
        Chunk chunk = chunk(nodes, slot >>> CHUNK_BITS);
        return chunk == null ? null : chunk.source((int) slot & (CHUNK_PAGES - 1));
    }

    /** Returns where a page lies, or null if no file of the view holds it. */
    Ranges.@Nullable Frame frameOf(long pgno) {
        SourceFile file = sourceOf(pgno);
        return file == null ? null : new Ranges.Frame(file, file.index.find(pgno));
    }

    /**
     * Returns the map after files were applied, in their order: pages beyond a file's commit are forgotten, also when a
     * later file makes the database larger again; a file's pages replace older ones. A chunk that many files touch is
     * made once.
     *
     * @param files not empty
     */
    PageMap applyAll(List<SourceFile> files) {
        Edit edit = new Edit(this);
        for (SourceFile file : files) {
            edit.resize(file.commit().pages());
            FrameIndex index = file.index;
            int from = 0;
            while (from < index.size()) {
                long chunkNumber = (index.pgno(from) - 1) >>> CHUNK_BITS;
                int to = endOfChunk(index, from, chunkNumber);
                edit.put(chunkNumber, file, from, to);
                from = to;
            }
        }
        return edit.finish();
    }

    private static int endOfChunk(FrameIndex index, int from, long chunkNumber) {
        int to = from + 1;
        while (to < index.size() && (index.pgno(to) - 1) >>> CHUNK_BITS == chunkNumber) {
            to++;
        }
        return to;
    }

    private static @Nullable Chunk chunk(@Nullable Chunk[][] nodes, long number) {
        int node = (int) (number >>> NODE_BITS);
        return node >= nodes.length || nodes[node] == null ? null : nodes[node][(int) number & (NODE_CHUNKS - 1)];
    }

    /** Adds the memory that this map takes, and that of its files. */
    void measure(IndexMemory memory) {
        memory.add(this, 32 + 4L * nodes.length);
        for (@Nullable Chunk[] node : nodes) {
            if (node == null || !memory.add(node, 16 + 4L * node.length)) {
                continue;
            }
            for (Chunk chunk : node) {
                if (chunk != null && memory.add(chunk, chunk.heapBytes())) {
                    for (SourceFile file : chunk.files) {
                        if (file != null) {
                            memory.add(file);
                        }
                    }
                }
            }
        }
    }

    /** The files of up to 256 pages in a row. */
    private static final class Chunk {
        /** The distinct files; null stands for a hole. At most 256, since there are no more pages. */
        private final @Nullable SourceFile[] files;

        /** Position in {@link #files} of each page, as unsigned byte; null if all are the first one. */
        private final byte @Nullable [] positions;

        private Chunk(@Nullable SourceFile[] files, byte @Nullable [] positions) {
            this.files = files;
            this.positions = positions;
        }

        static Chunk of(@Nullable SourceFile[] sources) {
            byte[] positions = new byte[CHUNK_PAGES];
            @Nullable SourceFile[] files = new @Nullable SourceFile[4];
            int count = 0;
            for (int slot = 0; slot < CHUNK_PAGES; slot++) {
                int position = 0;
                while (position < count && files[position] != sources[slot]) {
                    position++;
                }
                if (position == count) {
                    if (count == files.length) {
                        files = Arrays.copyOf(files, 2 * count);
                    }
                    files[count++] = sources[slot];
                }
                positions[slot] = (byte) position;
            }
            return new Chunk(Arrays.copyOf(files, count), count == 1 ? null : positions);
        }

        @Nullable SourceFile source(int slot) {
            return positions == null ? files[0] : files[positions[slot] & 0xFF];
        }

        @Nullable SourceFile[] sources() {
            @Nullable SourceFile[] sources = new @Nullable SourceFile[CHUNK_PAGES];
            for (int slot = 0; slot < CHUNK_PAGES; slot++) {
                sources[slot] = source(slot);
            }
            return sources;
        }

        long heapBytes() {
            return 24 + 16 + 4L * files.length + (positions == null ? 0 : 16 + positions.length);
        }
    }

    /** A map under construction: nodes are copied when they are first written, and chunks put together at the end. */
    private static final class Edit {
        /** Chunks in the making, which take 1 KiB each. */
        private static final int DRAFTS_MAX = 4096;

        private long pages;
        private @Nullable Chunk[][] nodes;
        private boolean[] copied;

        /** The files of the pages of chunks that were touched, by number. */
        private final Map<Long, @Nullable SourceFile[]> drafts = new HashMap<>();

        private @Nullable Chunk uniform;

        Edit(PageMap base) {
            pages = base.pages;
            nodes = base.nodes.clone();
            copied = new boolean[nodes.length];
        }

        PageMap finish() {
            settle();
            return new PageMap(pages, nodes);
        }

        private void settle() {
            drafts.forEach((number, sources) -> set(number, Chunk.of(sources)));
            drafts.clear();
        }

        /** Sets the size in pages, and forgets what is beyond. */
        void resize(long commit) {
            long chunks = (commit + CHUNK_PAGES - 1) >>> CHUNK_BITS;
            int size = (int) ((chunks + NODE_CHUNKS - 1) >>> NODE_BITS);
            boolean isSmaller = commit < pages;
            if (isSmaller) {
                settle();
            }
            if (size != nodes.length) {
                nodes = Arrays.copyOf(nodes, size);
                copied = Arrays.copyOf(copied, size);
            }
            pages = commit;
            if (isSmaller && size > 0) {
                forgetAbove(chunks);
            }
        }

        private void forgetAbove(long chunks) {
            int inLastNode = (int) (((chunks - 1) & (NODE_CHUNKS - 1)) + 1);
            if (nodes[nodes.length - 1] != null) {
                Arrays.fill(writable(nodes.length - 1), inLastNode, NODE_CHUNKS, null);
            }
            int inLastChunk = (int) (pages & (CHUNK_PAGES - 1));
            Chunk last = chunk(nodes, chunks - 1);
            if (inLastChunk > 0 && last != null) {
                @Nullable SourceFile[] sources = last.sources();
                Arrays.fill(sources, inLastChunk, CHUNK_PAGES, null);
                set(chunks - 1, Chunk.of(sources));
            }
        }

        /** Sets the pages at positions [from, to) of the file's index, which all lie in one chunk. */
        void put(long chunkNumber, SourceFile file, int from, int to) {
            if (to - from == CHUNK_PAGES) {
                drafts.remove(chunkNumber);
                if (uniform == null || uniform.files[0] != file) {
                    uniform = new Chunk(new SourceFile[] {file}, null);
                }
                set(chunkNumber, uniform);
                return;
            }
            @Nullable SourceFile[] sources = drafts.get(chunkNumber);
            if (sources == null) {
                if (drafts.size() == DRAFTS_MAX) {
                    settle();
                }
                Chunk old = chunk(nodes, chunkNumber);
                sources = old == null ? new @Nullable SourceFile[CHUNK_PAGES] : old.sources();
                drafts.put(chunkNumber, sources);
            }
            for (int i = from; i < to; i++) {
                sources[(int) (file.index.pgno(i) - 1) & (CHUNK_PAGES - 1)] = file;
            }
        }

        private void set(long chunkNumber, Chunk chunk) {
            writable((int) (chunkNumber >>> NODE_BITS))[(int) chunkNumber & (NODE_CHUNKS - 1)] = chunk;
        }

        private @Nullable Chunk[] writable(int node) {
            if (!copied[node]) {
                nodes[node] = nodes[node] == null ? new @Nullable Chunk[NODE_CHUNKS] : nodes[node].clone();
                copied[node] = true;
            }
            return nodes[node];
        }
    }
}
