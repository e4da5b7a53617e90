package litestream4j.extension;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import litestream4j.sqlite.SqliteVfs;
import litestream4j.testkit.Folders;
import org.jspecify.annotations.Nullable;

/**
 * The extension as it is handed out, put together from the class path of the test: {@code litestream-vfs.so} and the
 * jars that it needs beside it, in {@code lib}. Unlike {@code dist/} it is there before the module is packaged.
 */
final class ExtensionFolder {
    private static final Pattern FOR_TESTS =
            Pattern.compile("junit|assertj|awaitility|testkit|opentest4j|apiguardian|byte-buddy|hamcrest|sqlite-jdbc"
                    + "|surefire|test-classes");

    private static @Nullable ExtensionFolder shared;

    private final Path folder;

    private ExtensionFolder(Path folder) {
        this.folder = folder;
    }

    /** Returns one for all tests of this JVM, which change nothing in it. */
    static synchronized ExtensionFolder shared() throws IOException {
        if (shared == null) {
            Path folder = Files.createTempDirectory("extension-");
            shared = in(folder);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "extension-reaper"));
        }
        return shared;
    }

    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts it together in an empty folder. */
    static ExtensionFolder in(Path folder) throws IOException {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (FOR_TESTS.matcher(entry).find() || !Files.exists(path)) {
                continue;
            }
            if (Files.isDirectory(path)) {
                jar(path, lib.resolve(path.resolve("../..").normalize().getFileName() + ".jar"));
            } else {
                Files.copy(path, lib.resolve(path.getFileName()));
            }
        }
        ExtensionFolder extension = new ExtensionFolder(folder);
        String resource = "native/%s-%s/litestream-vfs.so"
                .formatted(
                        System.getProperty("os.name").toLowerCase(Locale.ROOT),
                        System.getProperty("os.arch").replace("amd64", "x86_64"));
        try (InputStream library = Objects.requireNonNull(SqliteVfs.class.getResourceAsStream(resource), resource)) {
            Files.copy(library, extension.library());
        }
        return extension;
    }

    private static void jar(Path classes, Path jar) throws IOException {
        List<Path> files;
        try (Stream<Path> paths = Files.walk(classes)) {
            files = paths.filter(Files::isRegularFile).toList();
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
    }

    /** Returns the library, as {@code .load} takes it. */
    Path library() {
        return folder.resolve("litestream-vfs.so");
    }

    Path folder() {
        return folder;
    }

    /** Returns the variables that make hosts use the Java of this test. */
    static Map<String, String> java() {
        return Map.of("LITESTREAM_JAVA_HOME", System.getProperty("java.home"));
    }
}
