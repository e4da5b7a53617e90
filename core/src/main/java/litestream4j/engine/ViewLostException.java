package litestream4j.engine;

import java.io.IOException;
import litestream4j.ltx.Txid;

/** The replica no longer holds the state that a reader is looking at. Its next transaction sees the newest one. */
public final class ViewLostException extends IOException {
    private static final long serialVersionUID = 1;

    ViewLostException(Txid txid, IOException cause) {
        super(
                ("the state of txid %s is no longer in the replica (%s): files were deleted or damaged and no others"
                                + " end there; start a new transaction, and raise l0-retention on the primary if"
                                + " transactions need to stay open for longer")
                        .formatted(txid, cause.getMessage()),
                cause);
    }
}
