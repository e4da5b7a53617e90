package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Goal: what a module hides stays hidden from the others. Method: every type that a class mentions stands in the
 * constant pool of its class file. Lives here because this module is built after those it looks at.
 */
class ModuleBoundariesTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("core", "s3", "testkit", "jdbc", "extension", "cli");

    @Test
    void onlyTheS3ModuleKnowsTheAmazonSdk() throws IOException {
        assertThat(mentioners("software/amazon/awssdk/", Set.of("litestream4j/s3/")))
                .isEmpty();
    }

    @Test
    void onlyTheSqlitePackageAndTheExtensionCallNativeCode() throws IOException {
        assertThat(mentioners("java/lang/foreign/Linker", Set.of("litestream4j/sqlite/", "litestream4j/extension/")))
                .isEmpty();
    }

    /** Returns the classes that mention {@code type} without being in one of {@code exempt}. */
    private static Set<String> mentioners(String type, Set<String> exempt) throws IOException {
        Set<String> mentioners = new TreeSet<>();
        List<Path> seen = new ArrayList<>();
        for (String module : MODULES) {
            Path classes = ROOT.resolve(module, "target", "classes");
            for (Path classFile : classFiles(classes)) {
                seen.add(classFile);
                String name = classes.relativize(classFile).toString().replace('\\', '/');
                if (exempt.stream().noneMatch(name::startsWith) && mentions(classFile, type)) {
                    mentioners.add(module + ": " + name);
                }
            }
        }
        assertThat(seen).as("class files of %s", MODULES).isNotEmpty();
        return mentioners;
    }

    /** A module that was left out of this build has no classes, which is fine. */
    private static List<Path> classFiles(Path classes) throws IOException {
        if (!Files.isDirectory(classes)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(classes)) {
            return paths.filter(path -> path.toString().endsWith(".class")).toList();
        }
    }

    private static boolean mentions(Path classFile, String type) throws IOException {
        for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
            if (entry instanceof Utf8Entry text && text.stringValue().contains(type)) {
                return true;
            }
        }
        return false;
    }
}
