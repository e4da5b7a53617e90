package litestream4j.replica;

/**
 * What a replica cost so far.
 *
 * @param lists list requests, as calls of the client (a store may need several pages for one)
 * @param reads reads of known files
 * @param finds reads of files by name that were found
 * @param misses reads of files by name that were not there
 * @param bytes bytes received in bodies
 */
public record RequestCounts(long lists, long reads, long finds, long misses, long bytes) {
    /** Returns the number of requests of all kinds. */
    public long requests() {
        return lists + reads + finds + misses;
    }

    /** Returns what was added since an earlier count. */
    public RequestCounts since(RequestCounts earlier) {
        return new RequestCounts(
                lists - earlier.lists,
                reads - earlier.reads,
                finds - earlier.finds,
                misses - earlier.misses,
                bytes - earlier.bytes);
    }
}
