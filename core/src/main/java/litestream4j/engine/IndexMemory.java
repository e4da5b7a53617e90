package litestream4j.engine;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Adds up the memory of page maps and file indexes: views share most of theirs, and what is shared counts once. */
final class IndexMemory {
    /** What a file takes beside its index: the objects of its name, version, header and times. Measured. */
    private static final int FILE_BYTES = 500;

    private final Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    private int files;
    private long bytes;

    /** Adds a part; returns false, and adds nothing, if it was added before. */
    boolean add(Object part, long partBytes) {
        boolean isNew = counted.add(part);
        bytes += isNew ? partBytes : 0;
        return isNew;
    }

    void add(SourceFile file) {
        files += add(file, bytes(file)) ? 1 : 0;
    }

    /** Returns the memory that one file takes here, in bytes. */
    static long bytes(SourceFile file) {
        return FILE_BYTES + file.index.memoryBytes();
    }

    /** Returns the number of files. */
    int files() {
        return files;
    }

    /** Returns the memory of all parts, in bytes. */
    long bytes() {
        return bytes;
    }
}
