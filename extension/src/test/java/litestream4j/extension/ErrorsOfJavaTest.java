package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import litestream4j.replica.ReplicaProvider;
import litestream4j.testkit.BrokenProvider;
import litestream4j.testkit.LargeReplica;
import litestream4j.testkit.ProcessOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever Java throws inside the host, a statement fails, and the host lives. */
class ErrorsOfJavaTest {
    @TempDir
    private Path scratch;

    /**
     * On the host's first thread, which has a stack for signals as small as Rust makes them, and on one that has
     * next to no stack; each reads a replica that nobody has read.
     */
    @Test
    void anErrorInACallFailsTheStatementAlone() throws IOException {
        for (String replica : List.of("first", "second")) {
            LargeReplica.publish(scratch.resolve(replica));
        }
        ProcessOutput output =
                PythonRun.of(BrokenProvider.url(scratch), withBrokenProvider()).run("""
                        def answer(attempt):
                            try:
                                print(attempt())
                            except (sqlite3.OperationalError, MemoryError) as e:
                                print(type(e).__name__, e)
                        def total(connection):
                            return rows(connection, 'SELECT sum(length(b)) FROM t')
                        def attempts(replica):
                            uri = f'file:x.db?vfs=litestream&replica_url=broken://test{replica}'
                            c = sqlite3.connect(uri, uri=True)
                            print(rows(c, 'SELECT count(*) FROM t WHERE id = 1'))
                            for error in ('out-of-memory', 'stack-overflow'):
                                broken = os.path.join(replica, error)
                                open(broken, 'w').close()
                                answer(lambda: total(c))
                                answer(lambda: total(sqlite3.connect(uri, uri=True)))
                                print(sqlite3.connect(':memory:').execute('SELECT 1').fetchall())
                                os.remove(broken)
                            answer(lambda: total(c))
                            answer(lambda: total(sqlite3.connect(uri, uri=True)))
                        import ctypes, mmap
                        class Stack(ctypes.Structure):
                            _fields_ = [('at', ctypes.c_void_p), ('flags', ctypes.c_int), ('size', ctypes.c_size_t)]
                        memory = mmap.mmap(-1, 12288)
                        guard = ctypes.addressof(ctypes.c_char.from_buffer(memory))
                        c_library = ctypes.CDLL(None)
                        assert c_library.mprotect(ctypes.c_void_p(guard), 4096, 0) == 0
                        assert c_library.sigaltstack(ctypes.byref(Stack(guard + 4096, 0, 8192)), None) == 0
                        attempts('%1$s/first')
                        threading.stack_size(64 << 10)
                        thread = threading.Thread(target=attempts, args=('%1$s/second',))
                        thread.start()
                        thread.join()
                        """.formatted(scratch));
        assertThat(output.success()).isEqualTo("""
                [(1,)]
                MemoryError\s
                MemoryError\s
                [(1,)]
                OperationalError disk I/O error
                OperationalError disk I/O error
                [(1,)]
                [(2000000,)]
                [(2000000,)]
                """.repeat(2));
        assertThat(output.stderr()).contains("OutOfMemoryError").contains("StackOverflowError");
    }

    /** Pages of 16 MB do not fit into 16 MB, which the cache was told that it has. */
    @Test
    void aHeapThatIsTooSmallFailsStatements() throws IOException, SQLException {
        Path database = scratch.resolve("large.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)");
            statement.execute("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
                    + " INSERT INTO t SELECT i, randomblob(4000) FROM n");
        }
        Path replica = scratch.resolve("replica");
        LargeReplica.publish(database, replica);
        ProcessOutput output = PythonRun.of("file://" + replica)
                .with("LITESTREAM_JVM_OPTIONS", "-Xmx16m")
                .with("LITESTREAM_CACHE_SIZE", "1000000000")
                .run("""
                        c = connect()
                        try:
                            print(rows(c, 'SELECT sum(length(b)) FROM t'))
                        except (sqlite3.OperationalError, MemoryError) as e:
                            print(type(e).__name__, e)
                        print(sqlite3.connect(':memory:').execute('SELECT 1').fetchall())
                        print(rows(c, 'SELECT count(*) FROM t WHERE length(b) = 4000 AND id < 5'))
                        """);
        assertThat(output.success()).isEqualTo("MemoryError \n[(1,)]\n[(4,)]\n");
        assertThat(output.stderr()).contains("the Java heap of").contains("LITESTREAM_JVM_OPTIONS=-Xmx");
    }

    private ExtensionFolder withBrokenProvider() throws IOException {
        ExtensionFolder extension = ExtensionFolder.in(scratch.resolve("extension"));
        try (OutputStream out = Files.newOutputStream(extension.folder().resolve("lib/broken.jar"));
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry("META-INF/services/" + ReplicaProvider.class.getName()));
            jar.write(BrokenProvider.class.getName().getBytes(StandardCharsets.UTF_8));
            for (String name :
                    new String[] {"BrokenProvider.class", "BrokenProvider$Broken.class", "ForwardingClient.class"}) {
                jar.putNextEntry(new JarEntry("litestream4j/testkit/" + name));
                try (InputStream in = Objects.requireNonNull(BrokenProvider.class.getResourceAsStream(name), name)) {
                    in.transferTo(jar);
                }
            }
        }
        return extension;
    }
}
