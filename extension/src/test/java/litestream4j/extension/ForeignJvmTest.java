package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import litestream4j.testkit.GoldenFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/** The extension in a program in Java that has sqlite-jdbc on its class path, but none of our jars. */
class ForeignJvmTest {
    private static final String PROGRAM = """
            import java.sql.*;

            class Program {
                public static void main(String[] arguments) throws Exception {
                    var config = new org.sqlite.SQLiteConfig();
                    config.enableLoadExtension(true);
                    try (var loader = config.createConnection("jdbc:sqlite::memory:");
                            var load = loader.prepareStatement("SELECT load_extension(?, ?)")) {
                        load.setString(1, arguments[0]);
                        load.setString(2, "sqlite3_litestreamvfs_init");
                        load.execute();
                    }
                    for (int i = 0; i < 2; i++) {
                        try (var connection = DriverManager.getConnection("jdbc:sqlite:file:x.db?vfs=litestream"
                                        + "&replica_url=" + arguments[1]);
                                var statement = connection.createStatement();
                                var rows = statement.executeQuery("SELECT count(*), litestream_txid() FROM t")) {
                            rows.next();
                            System.out.println(rows.getInt(1) + " " + rows.getString(2));
                        }
                    }
                    try (var connection = DriverManager.getConnection("jdbc:sqlite:file:x.db?vfs=litestream"
                            + "&replica_url=foo://x")) {
                        throw new AssertionError("opened");
                    } catch (SQLException e) {
                        System.out.println(e.getErrorCode());
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void itBringsItsOwnJars() throws IOException, InterruptedException {
        Path sample = GoldenFolder.orSkip("real-0.5.17");
        Path library = ExtensionFolder.in(folder.resolve("extension")).library();
        Path program = Files.writeString(folder.resolve("Program.java"), PROGRAM);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        Path.of(JDBC.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath())
                                .toString(),
                        program.toString(),
                        library.toString(),
                        "file://" + sample)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text.lines()).contains("150 0000000000000006", "14").noneMatch(line -> line.contains("opened"));
        assertThat(text).as("the program's own logging").contains("unsupported replica URL scheme: \"foo\"");
    }
}
