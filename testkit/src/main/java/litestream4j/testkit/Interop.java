package litestream4j.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The real programs that tests run against. The pinned ones lie in {@code .work/interop} of the source tree,
 * where {@code scripts/fetch-interop} puts them; the system property {@code interop.dir} names another folder.
 * The others are installed on the machine.
 *
 * <p>A test that needs one says so first and is skipped, with a line on standard error, where it is missing. With
 * the system property {@code interop.required=true} it fails instead, so that a build can insist.
 *
 * <p>Safe for use by many threads.
 */
public final class Interop {
    private static final StackWalker CALLER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** A real program. */
    public enum Program {
        /** The primary: Litestream 0.5.17. */
        LITESTREAM("litestream"),
        /** SeaweedFS, an object store with an S3 gateway. */
        WEED("weed"),
        /** The loadable extension of the reference, written in Go: rival and oracle. */
        GO_EXTENSION("litestream-vfs-go.so"),
        /** Node.js, of a version whose own SQLite module can load extensions. */
        NODE("node"),
        /** The sqlite3 shell of the system. */
        SQLITE3("/usr/bin/sqlite3"),
        /** Python of the system: one built elsewhere may lack {@code load_extension}. */
        PYTHON("/usr/bin/python3");

        private final String file;

        Program(String file) {
            this.file = file;
        }

        private boolean isPinned() {
            return !file.startsWith("/");
        }

        private String remedy() {
            return isPinned() ? "run scripts/fetch-interop" : "install it from the system's packages";
        }
    }

    private Interop() {}

    /** Returns the {@code litestream} command, if it has been fetched. */
    public static Optional<Path> litestream() {
        return find(Program.LITESTREAM);
    }

    /** Returns the {@code weed} command of SeaweedFS, if it has been fetched. */
    public static Optional<Path> weed() {
        return find(Program.WEED);
    }

    /** Returns the loadable extension of the reference, if it has been fetched. */
    public static Optional<Path> goExtension() {
        return find(Program.GO_EXTENSION);
    }

    /** Returns the {@code node} command, if it has been fetched. */
    public static Optional<Path> node() {
        return find(Program.NODE);
    }

    /**
     * Ends the calling test as skipped unless all the programs are there.
     *
     * @throws org.opentest4j.TestAbortedException if one is missing
     * @throws AssertionError if one is missing and {@code interop.required} is set
     */
    public static void assumeAvailable(Program... programs) {
        String missing = Arrays.stream(programs)
                .filter(program -> find(program).isEmpty())
                .map(program -> program.file + " is missing (" + program.remedy() + ")")
                .collect(Collectors.joining(", "));
        if (missing.isEmpty()) {
            return;
        }
        String line = "SKIPPED: " + CALLER.getCallerClass().getSimpleName() + " because " + missing;
        if (Boolean.getBoolean("interop.required")) {
            throw new AssertionError("interop.required is set, but " + missing);
        }
        System.err.println(line);
        Assumptions.abort(line);
    }

    /**
     * Returns where a program is.
     *
     * @throws IllegalStateException if it is missing: a caller should have asked with {@link #assumeAvailable}
     */
    static Path require(Program program) {
        return find(program)
                .orElseThrow(() -> new IllegalStateException(program.file + " is missing: " + program.remedy()));
    }

    private static Optional<Path> find(Program program) {
        if (!program.isPinned()) {
            return Optional.of(Path.of(program.file)).filter(Files::isExecutable);
        }
        Path folder = folder();
        if (folder == null) {
            return Optional.empty();
        }
        // The fetching script writes the stamp last, so a file without one may be cut off.
        return Optional.of(folder.resolve(program.file))
                .filter(Files::isExecutable)
                .filter(_ -> Files.exists(folder.resolve(program.file + ".pin")));
    }

    private static @Nullable Path folder() {
        String given = System.getProperty("interop.dir");
        if (given != null) {
            return Path.of(given).toAbsolutePath();
        }
        return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .filter(path -> Files.exists(path.resolve("scripts/fetch-interop")))
                .map(path -> path.resolve(".work/interop"))
                .findFirst()
                .orElse(null);
    }
}
