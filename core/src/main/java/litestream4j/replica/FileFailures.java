package litestream4j.replica;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NotDirectoryException;

/** Failures of the file system as those of a replica. */
final class FileFailures {
    private FileFailures() {}

    /**
     * Tells what a caller can do about a failure.
     *
     * @param action what was tried, as the beginning of the message
     */
    static ReplicaException translate(IOException failure, String action) {
        return switch (failure) {
            case ReplicaException e -> e;
            case ClosedByInterruptException e -> {
                Thread.currentThread().interrupt();
                yield new ReplicaException.Interrupted(action + ": interrupted", e);
            }
            case AccessDeniedException e ->
                new ReplicaException.Denied(
                        action + ": permission denied on " + e.getFile() + ": check the rights of this process", e);
            case NotDirectoryException e ->
                new ReplicaException.Denied(action + ": " + e.getFile() + " is no folder", e);
            default -> new ReplicaException.Unavailable(action + ": " + failure, failure);
        };
    }
}
