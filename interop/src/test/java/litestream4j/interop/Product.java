package litestream4j.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What the build put together in {@code dist/} of the source tree. */
final class Product {
    private Product() {}

    /** Returns the loadable extension, or ends the calling test as skipped. */
    static Path extension() {
        Optional<Path> extension = Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .filter(path -> Files.exists(path.resolve("scripts/fetch-interop")))
                .map(path -> path.resolve("dist/litestream-vfs.so"))
                .filter(Files::exists)
                .findFirst();
        if (extension.isEmpty()) {
            String line = "SKIPPED: no dist/litestream-vfs.so: run the build to its phase verify";
            System.err.println(line);
            Assumptions.abort(line);
        }
        return extension.orElseThrow();
    }
}
