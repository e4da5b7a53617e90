package litestream4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Goal: use goes one way between the packages of core: sqlite, engine, replica, ltx; btree stands beside. Method: every
 * type that a class mentions, in code, signatures or annotations, stands in the constant pool of its class file.
 */
class ArchitectureTest {
    private static final Path CLASSES = Path.of("target", "classes");
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "ltx", Set.of(),
            "replica", Set.of("ltx"),
            "btree", Set.of(),
            "engine", Set.of("ltx", "replica", "btree"),
            "sqlite", Set.of("ltx", "replica", "engine"));

    /** A type of ours, alone or within a descriptor; group 1 is its package below the root. */
    private static final Pattern OWN_TYPE = Pattern.compile("\\blitestream4j/(\\w+)/(?:\\w+/)*[A-Z]");

    @Test
    void packagesUseOnlyThoseBelowThem() throws IOException {
        List<Path> classFiles = classFiles();
        assertThat(classFiles).as("class files in %s", CLASSES.toAbsolutePath()).isNotEmpty();
        Set<String> violations = new TreeSet<>();
        for (Path classFile : classFiles) {
            Path inClasses = CLASSES.resolve("litestream4j").relativize(classFile);
            String user = inClasses.getName(0).toString();
            Set<String> allowed = MAY_USE.get(user);
            if (allowed == null) {
                violations.add(inClasses + " is in no known package; known are " + MAY_USE.keySet());
                continue;
            }
            for (String used : packagesUsedBy(classFile)) {
                if (!used.equals(user) && !allowed.contains(used)) {
                    violations.add(inClasses + " uses " + used + "; allowed are " + allowed);
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    private static List<Path> classFiles() throws IOException {
        try (Stream<Path> paths = Files.walk(CLASSES.resolve("litestream4j"))) {
            return paths.filter(path -> path.toString().endsWith(".class")).toList();
        }
    }

    private static Set<String> packagesUsedBy(Path classFile) throws IOException {
        Set<String> packages = new TreeSet<>();
        for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
            if (entry instanceof Utf8Entry text) {
                OWN_TYPE.matcher(text.stringValue())
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .forEach(packages::add);
            }
        }
        return packages;
    }
}
