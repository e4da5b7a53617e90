package litestream4j.engine;

import java.io.IOException;

/** A page within the size of the database lies in no file of the view, although the files are complete. */
public final class MissingPageException extends IOException {
    private static final long serialVersionUID = 1;

    MissingPageException(long pgno, Snapshot view) {
        super("page %d is in no file of %s: a file of the replica is incomplete".formatted(pgno, view));
    }
}
