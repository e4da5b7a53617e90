package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Goal: the house rules that neither compiler nor formatter knows hold in all modules. */
class TidySourcesTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES =
            List.of("core", "s3", "testkit", "jdbc", "extension", "cli", "interop", "bench");
    private static final List<String> LIBRARIES = List.of("core", "s3", "jdbc", "extension");
    private static final int COLUMNS_MAX = 120;

    // In halves: this file is looked at too.
    private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

    @Test
    void indentationIsByBlanks() throws IOException {
        assertThat(linesOf(MODULES, "src", line -> line.indexOf('\t') >= 0)).isEmpty();
    }

    @Test
    void linesFitTheWidth() throws IOException {
        // Rows of a test's table, and statements with what they answer, are as wide as they are.
        assertThat(linesOf(
                        MODULES,
                        "src",
                        line -> line.codePointCount(0, line.length()) > COLUMNS_MAX
                                && !line.contains(" | ")
                                && !line.contains(" ;; ")))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        assertThat(linesOf(MODULES, "src", line -> LEFT_FOR_LATER.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void librariesLeaveStandardOutputAlone() throws IOException {
        assertThat(linesOf(LIBRARIES, "src/main", line -> line.contains("System.out")))
                .isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        List<String> violations = new ArrayList<>();
        Map<Path, List<Path>> folders = sources(MODULES, "src/main").stream()
                .filter(source -> !source.endsWith("module-info.java"))
                .collect(Collectors.groupingBy(Path::getParent));
        assertThat(folders).isNotEmpty();
        for (Path folder : folders.keySet()) {
            Path declaration = folder.resolve("package-info.java");
            if (!Files.exists(declaration) || !Files.readString(declaration).contains("@NullMarked")) {
                violations.add(declaration + " has no @NullMarked");
            }
        }
        assertThat(violations).isEmpty();
    }

    /** Returns the lines that are {@code bad}, each as {@code file:number: line}. */
    private static List<String> linesOf(List<String> modules, String folder, Predicate<String> bad) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path source : sources(modules, folder)) {
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                if (bad.test(lines.get(i))) {
                    found.add("%s:%d: %s".formatted(ROOT.relativize(source), i + 1, lines.get(i)));
                }
            }
        }
        return found;
    }

    private static List<Path> sources(List<String> modules, String folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : modules) {
            Path start = ROOT.resolve(module).resolve(folder);
            if (Files.isDirectory(start)) {
                try (Stream<Path> paths = Files.walk(start)) {
                    paths.filter(path -> path.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }
}
