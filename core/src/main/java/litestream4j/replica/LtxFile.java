package litestream4j.replica;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/**
 * A file of a replica as a listing or a read showed it. Two values are equal if and only if they stand for the same
 * bytes: a file that was replaced under its name differs in size or version. The time is no part of that, since stores
 * report it with one precision in listings and another one in reads.
 *
 * @param level where it lies
 * @param name the transactions in it
 * @param size in bytes
 * @param createdAt what the store reports as its time: of the last transaction in it, or of the upload
 * @param version what the store offers to recognise the content by: an ETag, a generation, or the time in full
 *     precision where there is no more. Never empty, and the same in listings and reads
 */
public record LtxFile(Level level, LtxFileName name, long size, Instant createdAt, String version) {
    /** Order of a listing: by first, then last transaction. */
    public static final Comparator<LtxFile> BY_NAME = Comparator.comparing(LtxFile::name);

    public Txid min() {
        return name.min();
    }

    public Txid max() {
        return name.max();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LtxFile that
                && level.equals(that.level)
                && name.equals(that.name)
                && size == that.size
                && version.equals(that.version);
    }

    @Override
    public int hashCode() {
        return Objects.hash(level, name, size, version);
    }

    /** Returns level and name, for messages: {@code L0/0000000000000001-0000000000000001.ltx}. */
    public String label() {
        return level + "/" + name;
    }
}
