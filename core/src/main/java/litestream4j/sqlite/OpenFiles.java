package litestream4j.sqlite;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The open databases by number: what SQLite's file structure holds in place of a pointer. Safe for all threads. */
final class OpenFiles {
    /** Replaced, never changed, when a file opens or closes: looking up takes no lock. */
    private volatile @Nullable OpenFile[] files = new @Nullable OpenFile[0];

    /**
     * Returns an open file.
     *
     * @throws IllegalStateException if there is none of that number
     */
    OpenFile get(long number) {
        @Nullable OpenFile[] now = files;
        OpenFile file = number >= 0 && number < now.length ? now[(int) number] : null;
        if (file == null) {
            throw new IllegalStateException("no open file of number " + number);
        }
        return file;
    }

    synchronized int add(OpenFile file) {
        @Nullable OpenFile[] now = files;
        int number = 0;
        while (number < now.length && now[number] != null) {
            number++;
        }
        @Nullable OpenFile[] more = Arrays.copyOf(now, Math.max(now.length, number + 1));
        more[number] = file;
        files = more;
        return number;
    }

    synchronized OpenFile remove(long number) {
        OpenFile file = get(number);
        @Nullable OpenFile[] less = files.clone();
        less[(int) number] = null;
        files = less;
        return file;
    }
}
