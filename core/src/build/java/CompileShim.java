import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiles the C shim with the machine's C compiler, unless the library is newer than its sources.
 *
 * <p>Usage: {@code java CompileShim.java SOURCES JAR_FOLDER FLAT_FOLDER}. The library goes to
 * {@code JAR_FOLDER/<os>-<arch>/litestream-vfs.so}, as it is found in the jar, and once more to
 * {@code FLAT_FOLDER/litestream-vfs.so}. {@code CC} names the compiler, arguments after it included.
 */
public final class CompileShim {
    private static final String LIBRARY = "litestream-vfs.so";
    private static final List<String> FLAGS = List.of(
            "-O2", "-std=c11", "-pthread", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden");

    private CompileShim() {}

    /** Exits with 0 if the library is there, else with 1 after one line on standard error. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            compile(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
        } catch (IllegalStateException e) {
            System.err.println("litestream-vfs: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void compile(Path sources, Path jarFolder, Path flatFolder)
            throws IOException, InterruptedException {
        Path library = jarFolder.resolve(platform()).resolve(LIBRARY);
        Path flat = flatFolder.resolve(LIBRARY);
        if (isNewer(library, sources) && Files.exists(flat)) {
            return;
        }
        List<String> command = new ArrayList<>(compiler());
        command.addAll(FLAGS);
        for (Path include : includes()) {
            command.add("-I");
            command.add(include.toString());
        }
        // Beside its place and then moved: a process that has the old library mapped keeps it whole.
        Path fresh = Files.createDirectories(library.getParent()).resolve(LIBRARY + ".new");
        command.add("-o");
        command.add(fresh.toString());
        sources(sources, ".c").forEach(source -> command.add(source.toString()));
        if (!isMac()) {
            command.add("-ldl"); // Part of libc from glibc 2.34 on.
        }
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("exit status %d of: %s".formatted(status, String.join(" ", command)));
        }
        Files.move(fresh, library, StandardCopyOption.REPLACE_EXISTING);
        Path freshFlat = Files.createDirectories(flatFolder).resolve(LIBRARY + ".new");
        Files.copy(library, freshFlat, StandardCopyOption.REPLACE_EXISTING);
        Files.move(freshFlat, flat, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isNewer(Path library, Path sources) throws IOException {
        if (!Files.exists(library)) {
            return false;
        }
        for (Path source : sources(sources, "")) {
            if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(library)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static List<Path> sources(Path folder, String suffix) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> compiler() {
        String chosen = System.getenv("CC");
        if (chosen != null && !chosen.isBlank()) {
            List<String> words = List.of(chosen.strip().split("\\s+"));
            if (find(words.getFirst()).isEmpty()) {
                throw new IllegalStateException("CC names no program: " + chosen
                        + "; set it to a C compiler or unset it to have cc, gcc and clang looked for");
            }
            return words;
        }
        return Stream.of("cc", "gcc", "clang")
                .filter(name -> find(name).isPresent())
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> new IllegalStateException("no C compiler: looked for cc, gcc and clang on the PATH;"
                        + " install one (Debian: apt-get install gcc libc6-dev) or set CC"));
    }

    private static Optional<Path> find(String program) {
        if (program.contains(File.separator)) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<Path> includes() {
        Path include = Path.of(System.getProperty("java.home"), "include");
        return List.of(include, include.resolve(isMac() ? "darwin" : "linux"));
    }

    private static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }

    /** Returns the folder's name in the jar, as in {@code linux-x86_64}. */
    private static String platform() {
        String os = isMac() ? "macos" : System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return os + "-"
                + switch (arch) {
                    case "amd64" -> "x86_64";
                    case "arm64" -> "aarch64";
                    default -> arch;
                };
    }
}
