package litestream4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.Assumptions;

/**
 * The sample replicas that tests of whole programs read. They are looked for in the folder that the system property
 * {@code litestream4j.golden} or the variable {@code LITESTREAM4J_GOLDEN} names, else in {@code shared/golden} in or
 * next to the project.
 */
public final class GoldenFolder {
    private static final Path FROM_HERE = Path.of("shared", "golden");

    private GoldenFolder() {}

    /** Returns the folder of a sample, or ends the calling test as skipped, with a line on standard error. */
    public static Path orSkip(String name) {
        Optional<Path> folder = find().map(golden -> golden.resolve(name));
        if (folder.isEmpty()) {
            String message = "SKIPPED: no golden LTX files; name their folder with -Dlitestream4j.golden=<folder>";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return folder.orElseThrow();
    }

    private static Optional<Path> find() {
        String named = System.getProperty("litestream4j.golden", System.getenv("LITESTREAM4J_GOLDEN"));
        if (named != null) {
            return Optional.of(Path.of(named)).filter(GoldenFolder::isGolden);
        }
        return Stream.<Path>iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(folder -> folder.resolve(FROM_HERE))
                .filter(GoldenFolder::isGolden)
                .findFirst();
    }

    private static boolean isGolden(Path folder) {
        return Files.isRegularFile(folder.resolve("expected.json"));
    }

    /** Copies a replica, all levels. */
    public static void copy(Path sample, Path replica) throws IOException {
        for (Path file : files(sample.resolve("ltx"))) {
            Path copy = replica.resolve(sample.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    /**
     * Copies one transaction to level 0, as a primary does: the file appears whole.
     *
     * @param sample a replica, or a folder of one that holds {@code all/<level>-<name>}
     */
    public static void copyTransaction(Path sample, long txid, Path replica) throws IOException {
        String name = LtxFileName.of(new Txid(txid)).toString();
        Path all = sample.resolve("all");
        Path file = Files.isDirectory(all)
                ? all.resolve("0-" + name)
                : sample.resolve("ltx/0").resolve(name);
        Path level = Files.createDirectories(replica.resolve("ltx/0"));
        Path part = Files.copy(file, level.resolve(name + ".part"));
        Files.move(part, level.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
