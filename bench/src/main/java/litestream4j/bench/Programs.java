package litestream4j.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import litestream4j.testkit.Interop;

/**
 * Where the parts of a run lie.
 *
 * @param root of the source tree
 * @param work where replicas are kept and logs are written
 */
record Programs(Path root, Path work) {
    static Programs in(Path root) {
        return new Programs(root, root.resolve(".work/bench"));
    }

    /**
     * Returns the loadable extension of an engine.
     *
     * @throws IllegalStateException if it is not there
     */
    Path extension(Contender.Engine engine) {
        Path file = engine == Contender.Engine.GO
                ? Interop.goExtension()
                        .orElseThrow(() ->
                                new IllegalStateException("the Go extension is missing: run scripts/fetch-interop"))
                : root.resolve("dist/litestream-vfs.so");
        if (!Files.exists(file)) {
            throw new IllegalStateException(root.relativize(file) + " is missing: scripts/bench builds it");
        }
        return file;
    }

    /** Returns the file of a script from the resources. */
    Path script(String name) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(work);
        try (InputStream script = Programs.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IOException("no resource " + name);
            }
            Files.copy(script, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
