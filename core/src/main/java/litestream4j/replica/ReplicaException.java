package litestream4j.replica;

import java.io.IOException;

/**
 * A failure of a replica's store, told apart by what the caller does next. Messages name the replica and the
 * object, never a credential.
 */
public abstract sealed class ReplicaException extends IOException {
    private static final long serialVersionUID = 1;

    private ReplicaException(String message, Throwable cause) {
        super(message, cause);
    }

    private ReplicaException(String message) {
        super(message);
    }

    /** The object is gone, or another one lies under its name. Plan again; a retry of the same object never helps. */
    public static final class NotFound extends ReplicaException {
        private static final long serialVersionUID = 1;

        public NotFound(String message) {
            super(message);
        }

        public NotFound(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Throttled, timed out, cut short or unreachable. Worth a retry within the request's deadline. */
    public static final class Unavailable extends ReplicaException {
        private static final long serialVersionUID = 1;

        public Unavailable(String message) {
            super(message);
        }

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Refused: credentials, permissions or configuration. A person has to act. */
    public static final class Denied extends ReplicaException {
        private static final long serialVersionUID = 1;

        public Denied(String message) {
            super(message);
        }

        public Denied(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The calling thread was interrupted, or the client closed, during a wait. Stop; the interrupt status is set again.
     */
    public static final class Interrupted extends ReplicaException {
        private static final long serialVersionUID = 1;

        public Interrupted(String message) {
            super(message);
        }

        public Interrupted(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
