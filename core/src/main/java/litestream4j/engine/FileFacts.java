package litestream4j.engine;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.LtxFile;

/**
 * What a listing does not say of files: their headers, and how many pages they hold. Each is read once. Thread-safe.
 */
final class FileFacts {
    private final FileLoader loader;
    private final Map<LtxFile, LtxHeader> headers = new ConcurrentHashMap<>();
    private final Map<LtxFile, Integer> pages = new ConcurrentHashMap<>();

    FileFacts(FileLoader loader) {
        this.loader = loader;
    }

    /** Returns the header, as {@link FileLoader#header} does. */
    LtxHeader header(LtxFile file) throws IOException {
        LtxHeader known = headers.get(file);
        if (known == null) {
            known = loader.header(file);
            headers.put(file, known);
        }
        return known;
    }

    /** Returns the header if it was read before. */
    Optional<LtxHeader> knownHeader(LtxFile file) {
        return Optional.ofNullable(headers.get(file));
    }

    /** Returns the number of pages in a file, as {@link FileLoader#countPages} does. */
    int pages(LtxFile file) throws IOException {
        Integer known = pages.get(file);
        if (known == null) {
            known = loader.countPages(file, header(file));
            pages.put(file, known);
        }
        return known;
    }

    /** Forgets the files that a listing of the whole replica does not show any more. */
    void retain(Collection<LtxFile> listed) {
        Set<LtxFile> there = new HashSet<>(listed);
        headers.keySet().retainAll(there);
        pages.keySet().retainAll(there);
    }
}
