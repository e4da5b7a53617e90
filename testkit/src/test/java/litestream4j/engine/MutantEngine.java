package litestream4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The engine and its simulation once more, with one class compiled from a source that was made wrong. Code that ships
 * needs no switch for it.
 */
final class MutantEngine extends ClassLoader {
    private static final String PACKAGE = "litestream4j.engine.";
    private static final Path SOURCES = Path.of("..", "core", "src", "main", "java", "litestream4j", "engine");

    private final Path classes;

    private MutantEngine(Path classes) {
        super(MutantEngine.class.getClassLoader());
        this.classes = classes;
    }

    /**
     * Makes an engine with a defect.
     *
     * @param original a piece of the source that is in it once
     * @param defect what to put in its place
     * @param classes an empty folder
     */
    static MutantEngine of(String className, String original, String defect, Path classes) throws IOException {
        String source = Files.readString(SOURCES.resolve(className + ".java"));
        int at = source.indexOf(original);
        if (at < 0 || source.indexOf(original, at + 1) >= 0) {
            throw new IllegalArgumentException("expected once in %s: %s".formatted(className, original));
        }
        Path mutant = Files.writeString(
                Files.createDirectories(classes.resolve("source")).resolve(className + ".java"),
                source.replace(original, defect));
        compile(mutant, classes);
        return new MutantEngine(classes);
    }

    private static void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of(
                "-d",
                classes.toString(),
                "-proc:none",
                "-nowarn",
                "-cp",
                locationOf(Snapshot.class) + java.io.File.pathSeparator + locationOf(Nullable.class));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new IllegalArgumentException("a mutant has to compile: " + source);
            }
        }
    }

    private static Path locationOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lives a life of the simulation, see {@link SimulationTest#live}. */
    void live(long seed) throws ReflectiveOperationException {
        var live = Class.forName(SimulationTest.class.getName(), true, this).getDeclaredMethod("live", long.class);
        live.setAccessible(true);
        live.invoke(null, seed);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        Path mutated = classes.resolve(file);
        try {
            URL original = Objects.requireNonNull(getParent().getResource(file), file);
            byte[] code;
            if (Files.exists(mutated)) {
                code = Files.readAllBytes(mutated);
            } else {
                try (InputStream in = original.openStream()) {
                    code = in.readAllBytes();
                }
            }
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
