package litestream4j.engine;

import java.time.Instant;
import litestream4j.ltx.Txid;

/** The state of the database that a restore plan has to reach. */
public sealed interface Target {
    /** The newest state. */
    Target LATEST = new Latest();

    /** The newest state. */
    record Latest() implements Target {}

    /** Exactly the state after a transaction. */
    record AtTxid(Txid txid) implements Target {}

    /** The newest state made of files stamped strictly before an instant. */
    record Before(Instant time) implements Target {}
}
