package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import litestream4j.testkit.HostSession;

/** The {@code sqlite3} module of the system's Python with the extension loaded. */
final class PythonDoor implements Door {
    private static final String REFUSED = "refused: ";

    private final HostSession python;

    PythonDoor(String uri, Map<String, String> environment) throws IOException {
        this.python = HostSession.python(environment);
        try {
            List<String> _ = run("""
                    loader = sqlite3.connect(":memory:")
                    loader.enable_load_extension(True)
                    loader.execute("SELECT load_extension(?, 'sqlite3_litestreamvfs_init')", (%s,))
                    db = sqlite3.connect(%s, uri=True, isolation_level=None)
                    """.formatted(literal(Product.extension().toString()), literal(uri)));
        } catch (IOException | RuntimeException | Error e) {
            python.close();
            throw e;
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }

    @Override
    public List<String> rows(String sql) throws IOException {
        return run("""
                for row in db.execute(%s).fetchall():
                    print('|'.join('' if value is None else str(value) for value in row))
                """.formatted(literal(sql)));
    }

    @Override
    public void backup(Path file) throws IOException {
        List<String> _ = run("""
                copy = sqlite3.connect(%s)
                db.backup(copy)
                copy.close()
                """.formatted(literal(file.toString())));
    }

    @Override
    public OptionalLong host() {
        return OptionalLong.of(python.pid());
    }

    @Override
    public void close() throws IOException {
        python.close();
    }

    private List<String> run(String script) throws IOException {
        String answer = python.run("""
                import sqlite3
                try:
                %s
                except sqlite3.Error as e:
                    print('%s' + str(e) + ' (' + getattr(e, 'sqlite_errorname', 'no code') + ')')
                """.formatted(script.indent(4).stripTrailing(), REFUSED));
        List<String> lines = answer.lines().toList();
        if (!lines.isEmpty() && lines.getLast().startsWith(REFUSED)) {
            throw new StatementFailedException(lines.getLast().substring(REFUSED.length()));
        }
        return lines;
    }
}
