package litestream4j.cli.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The file with the shell's history. Statements may hold private values, so nobody else may read it. */
final class HistoryFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private HistoryFile() {}

    /** Returns the file, made if it was missing; empty if there can be none, as in a read-only home. */
    static Optional<Path> in(Path folder) {
        Path file = folder.resolve("history");
        try {
            Files.createDirectories(folder);
            if (Files.notExists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            Files.setPosixFilePermissions(file, OWNER_ONLY);
            return Optional.of(file);
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }
}
