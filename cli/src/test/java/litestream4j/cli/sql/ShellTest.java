package litestream4j.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import litestream4j.cli.Databases;
import litestream4j.cli.output.OutputFormat;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellTest {
    @TempDir
    Path folder;

    @Test
    void statementsMayTakeSeveralLines() throws Exception {
        assertThat(typed("SELECT 1 AS one,\n2 AS two\n;\n"))
                .contains("one | two")
                .contains("  1 |   2");
    }

    @Test
    void errorsEndNothing() throws Exception {
        assertThat(typed("SELEC;\nSELECT 41 + 1 AS x;\n"))
                .containsPattern("error: .*syntax error")
                .contains("42");
    }

    @Test
    void dotCommandsAreAnswered() throws Exception {
        assertThat(typed(".tables\n.schema PEOPLE\n.mode json\nSELECT 1 AS x;\n.mode xml\n.frob\n.help\n"))
                .contains("people\n", "pets\n", "CREATE TABLE people(name);")
                .doesNotContain("CREATE TABLE pets")
                .contains("[{\"x\":1}]")
                .contains("unknown mode: xml; use table, csv or json")
                .contains("unknown command: .frob")
                .contains(".schema [NAME]");
    }

    @Test
    void quitLeaves() throws Exception {
        assertThat(typed(".quit\nSELECT 42;\n")).doesNotContain("42 rows").doesNotContain("(1 row)");
    }

    @Test
    void historyIsKeptForTheOwnerOnly() throws Exception {
        typed("SELECT 'secret';\n.quit\n");
        Path history = folder.resolve("state/history");
        assertThat(Files.readString(history)).contains("SELECT 'secret';");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    private String typed(String lines) throws IOException, SQLException {
        Path file = folder.resolve("x.db");
        Files.deleteIfExists(file);
        Databases.create(file, "CREATE TABLE people(name)", "CREATE TABLE pets(name)");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = new DumbTerminal(
                "test",
                Terminal.TYPE_DUMB,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                out,
                StandardCharsets.UTF_8);
        try (Connection connection = Databases.local(file);
                Shell shell = new Shell(
                        terminal,
                        connection,
                        "file:///replica",
                        OutputFormat.TABLE,
                        folder.resolve("state"),
                        failure -> String.valueOf(failure.getMessage()))) {
            shell.run();
        }
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
