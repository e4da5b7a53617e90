package litestream4j.engine;

import java.io.IOException;
import litestream4j.ltx.Txid;

/** The files of a replica do not lead to the target. Told apart by what helps. */
public abstract sealed class PlanException extends IOException {
    private static final long serialVersionUID = 1;

    private PlanException(String message) {
        super(message);
    }

    /**
     * No usable file at all, or none that leads to the wanted transaction or time. For the newest state this
     * ends when the primary writes its first snapshot.
     */
    public static final class NotAvailable extends PlanException {
        private static final long serialVersionUID = 1;

        public NotAvailable(String detail) {
            super("transaction not available" + (detail.isEmpty() ? "" : ": " + detail));
        }

        /** Says that there would be a plan, were it not for a damaged file. */
        NotAvailable(CorruptFileException damage) {
            this("a file is damaged, or was not uploaded as a whole yet: " + damage.getMessage());
            initCause(damage);
        }
    }

    /** Files are missing in the middle. Ends when they, or a newer snapshot, arrive. */
    public static final class Gap extends PlanException {
        private static final long serialVersionUID = 1;

        public Gap(Txid have, Txid next) {
            super("non-contiguous ltx files: have up to " + have + " but next file starts at " + next);
        }

        private Gap(String message) {
            super(message);
        }

        /** Returns the same for somebody who does not know which replica is meant, and what to do. */
        Gap in(String replica) {
            Gap gap = new Gap(replica + ": " + getMessage()
                    + "; the files between are missing: wait for the primary's next snapshot, or restore them");
            gap.initCause(this);
            return gap;
        }
    }

    /** The replica has the layout of Litestream 0.3. A person has to act. */
    public static final class LegacyLayout extends PlanException {
        private static final long serialVersionUID = 1;

        public LegacyLayout(String replica, String generation) {
            super(replica + " is a replica of Litestream 0.3.x (generations/" + generation
                    + "), which cannot be queried in place: restore it, or replicate again with release 0.5 or later");
        }
    }
}
