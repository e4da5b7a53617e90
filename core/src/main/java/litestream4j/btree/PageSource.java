package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** Pages that are in memory. */
@FunctionalInterface
public interface PageSource {
    /** Returns a page if it can be had without a request, else null. The array is that of the next one as well. */
    byte @Nullable [] peek(long pgno);
}
