package litestream4j.extension;

import java.io.IOException;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.PythonHost;

/** Python with the extension loaded and no replica open yet. */
final class PythonRun {
    /** Arguments: the extension. */
    private static final String BEGIN = """
            import os, signal, sqlite3, sys, threading, time
            def load():
                loader = sqlite3.connect(':memory:')
                loader.enable_load_extension(True)
                loader.execute("SELECT load_extension(?, 'sqlite3_litestreamvfs_init')", (sys.argv[1],))
                loader.close()
            def connect():
                return sqlite3.connect('file:x.db?vfs=litestream', uri=True, check_same_thread=False)
            def rows(connection, sql='SELECT count(*), sum(v) FROM t'):
                return connection.execute(sql).fetchall()
            load()
            """;

    private final PythonHost host;

    private PythonRun(PythonHost host) {
        this.host = host;
    }

    /** Returns a run on a replica, or skips the calling test where there is no Python. */
    static PythonRun of(String replicaUrl) throws IOException {
        return of(replicaUrl, ExtensionFolder.shared());
    }

    static PythonRun of(String replicaUrl, ExtensionFolder extension) throws IOException {
        Interop.assumeAvailable(Interop.Program.PYTHON);
        return new PythonRun(PythonHost.create()
                .withEnvironment(ExtensionFolder.java())
                .withEnvironment(Map.of(
                        "LITESTREAM_REPLICA_URL", replicaUrl,
                        "LITESTREAM_ACCESS_KEY_ID", "key",
                        "LITESTREAM_SECRET_ACCESS_KEY", "secret"))
                .withArguments(extension.library().toString()));
    }

    /** Returns a run on a sample, whose table t answers {@code [(150, 7389)]} to {@code rows}. */
    static PythonRun ofSample() throws IOException {
        return of("file://" + GoldenFolder.orSkip("real-0.5.17"));
    }

    PythonRun with(String variable, String value) {
        return new PythonRun(host.withEnvironment(Map.of(variable, value)));
    }

    ProcessOutput run(String script) throws IOException {
        return host.run(BEGIN + script);
    }
}
