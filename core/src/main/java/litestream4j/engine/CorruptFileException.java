package litestream4j.engine;

import java.io.IOException;
import litestream4j.ltx.LtxFormatException;
import litestream4j.replica.LtxFile;

/** A file of the replica is damaged, or not what its name says. Another set of files may still give the view. */
public final class CorruptFileException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient LtxFile file;

    CorruptFileException(LtxFile file, LtxFormatException cause) {
        super(cause.getMessage(), cause);
        this.file = file;
    }

    private CorruptFileException(String message, CorruptFileException cause) {
        super(message, cause);
        this.file = cause.file;
    }

    /** Returns the same for somebody who does not know which replica is meant, and what to do. */
    CorruptFileException in(String replica) {
        return new CorruptFileException(
                replica + ": " + getMessage() + "; the file is damaged: put a good copy in its place, or wait for the"
                        + " primary's next snapshot",
                this);
    }

    LtxFile file() {
        return file;
    }
}
