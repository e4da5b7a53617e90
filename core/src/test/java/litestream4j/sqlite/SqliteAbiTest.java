package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what the shim has written down of SQLite's binary interface is what SQLite's own headers say. Method: a C file
 * of assertions, compiled against them.
 */
class SqliteAbiTest {
    private static final Path OURS = Path.of("src/main/c/sqlite_abi.h");
    private static final Path THEIRS = Path.of("/usr/include/sqlite3ext.h");

    private static final Pattern SLOT = Pattern.compile("API_(\\w+) = (\\d+)");
    private static final Pattern CONSTANT = Pattern.compile("#define (SQLITE_\\w+) (\\w+)");
    private static final Pattern STRUCT = Pattern.compile("(?ms)^(?:typedef )?struct (sqlite3_\\w+) \\{(.*?)^\\}");
    private static final Pattern FIELD = Pattern.compile("(?m)^  [^ }].*?\\(\\*(x\\w+)\\)\\(|^  [\\w *]*?\\b(\\w+);");

    @TempDir
    private Path folder;

    @Test
    void numbersAndLayoutsAreThoseOfSqlitesHeaders() throws IOException, InterruptedException {
        if (!Files.exists(THEIRS)) {
            String line = "SKIPPED: no " + THEIRS + " (Debian: apt-get install libsqlite3-dev)";
            System.err.println(line);
            Assumptions.abort(line);
        }
        String ours = Files.readString(OURS);
        StringBuilder source = new StringBuilder("#include <stddef.h>\n#include <sqlite3ext.h>\n");
        int assertions = slots(ours, source) + constants(ours, source) + fields(ours, source);
        assertThat(assertions).isGreaterThan(100);
        Path file = Files.writeString(folder.resolve("abi.c"), source);
        Process compiler = new ProcessBuilder(List.of("cc", "-std=c11", "-fsyntax-only", file.toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).isEmpty();
        assertThat(compiler.waitFor()).isZero();
    }

    private static int slots(String ours, StringBuilder source) {
        int count = 0;
        for (Matcher slot = SLOT.matcher(ours); slot.find(); count++) {
            String name = slot.group(1).toLowerCase(Locale.ROOT);
            String since = name.equals("is_interrupted") ? "3041000" : "3031000";
            source.append("#if SQLITE_VERSION_NUMBER >= %s\n".formatted(since))
                    .append("_Static_assert(offsetof(sqlite3_api_routines, %1$s) == %2$s * sizeof(void *), \"%1$s\");\n"
                            .formatted(name, slot.group(2)))
                    .append("#endif\n");
        }
        return count;
    }

    private static int constants(String ours, StringBuilder source) {
        int count = 0;
        for (Matcher constant = CONSTANT.matcher(ours); constant.find(); count++) {
            source.append("_Static_assert(%1$s == %2$s, \"%1$s\");\n".formatted(constant.group(1), constant.group(2)));
        }
        return count;
    }

    /** Our structs once more under another name, so that each field's place can be compared. */
    private static int fields(String ours, StringBuilder source) {
        int count = 0;
        for (Matcher struct = STRUCT.matcher(ours); struct.find(); ) {
            String name = struct.group(1);
            if (name.equals("sqlite3_api_routines")) {
                continue;
            }
            String body = struct.group(2).replace("int64_t", "sqlite3_int64");
            source.append("struct our_%s {%s};\n".formatted(name, body));
            for (Matcher field = FIELD.matcher(struct.group(2)); field.find(); count++) {
                String place = field.group(1) != null ? field.group(1) : field.group(2);
                String equality =
                        "offsetof(struct our_%1$s, %2$s) == offsetof(struct %1$s, %2$s)".formatted(name, place);
                source.append("_Static_assert(%s, \"%s.%s\");\n".formatted(equality, name, place));
            }
        }
        return count;
    }
}
