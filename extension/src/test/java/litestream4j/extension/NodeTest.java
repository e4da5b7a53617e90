package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.Interop;
import litestream4j.testkit.ProcessOutput;
import litestream4j.testkit.ScriptHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The extension in Node.js, which has an event loop, worker threads, and a handler for faults of its own. */
@Tag("interop")
class NodeTest {
    private static ProcessOutput run(String script) throws IOException {
        Interop.assumeAvailable(Interop.Program.NODE);
        return ScriptHost.of(Interop.node().orElseThrow().toString(), "-")
                .withEnvironment(ExtensionFolder.java())
                .withEnvironment(Map.of("LITESTREAM_REPLICA_URL", "file://" + GoldenFolder.orSkip("real-0.5.17")))
                .run("""
                        import { DatabaseSync } from "node:sqlite";
                        import { execFile } from "node:child_process";
                        import { once } from "node:events";
                        import { Worker } from "node:worker_threads";
                        const connect = () => new DatabaseSync("file:x.db?vfs=litestream");
                        const count = db => db.prepare("SELECT count(*) AS n FROM t").get().n;
                        function load() {
                            const loader = new DatabaseSync(":memory:", { allowExtension: true });
                            loader.loadExtension("%s");
                        }
                        """.formatted(ExtensionFolder.shared().library()) + script);
    }

    /** Node learns of it by SIGCHLD, for which it had its handler before the JVM started. */
    @Test
    void aChildThatRunsDuringTheFirstOpenIsWaitedFor() throws IOException {
        assertThat(run("""
                                const child = execFile("cat", () => console.log("the child ended"));
                                load();
                                console.log(count(connect()));
                                child.stdin.end();
                                """).success()).isEqualTo("150\nthe child ended\n");
    }

    @Test
    void workerThreadsReadTheSameReplica() throws IOException {
        assertThat(run("""
                                load();
                                const work = `
                                    const { DatabaseSync } = require("node:sqlite");
                                    const { parentPort } = require("node:worker_threads");
                                    const db = new DatabaseSync("file:x.db?vfs=litestream");
                                    parentPort.postMessage(db.prepare("SELECT count(*) AS n FROM t").get().n);`;
                                const workers = Array.from({ length: 8 }, () => new Worker(work, { eval: true }));
                                const answers = await Promise.all(workers.map(worker => once(worker, "message")));
                                console.log(answers.flat().join(), count(connect()));
                                """).success()).isEqualTo("150,".repeat(7) + "150 150\n");
    }

    /** A read beyond the memory of WebAssembly is a fault that Node's own handler makes an exception of. */
    @Test
    void faultsOfWebAssemblyStayItsOwn() throws IOException {
        assertThat(run("""
                                const code = Buffer.from("0061736d0100000001060160017f017f030201000503010001"
                                    + "070501017200000a0901070020002802000b", "hex");
                                const { r: read } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
                                function trap() {
                                    try {
                                        return read(1 << 30);
                                    } catch (e) {
                                        return e.constructor.name;
                                    }
                                }
                                console.log(trap());
                                load();
                                const db = connect();
                                console.log(count(db), trap(), count(db));
                                """).success()).isEqualTo("RuntimeError\n150 RuntimeError 150\n");
    }

    @Test
    void anErrorIsAnExceptionWithItsReason() throws IOException {
        assertThat(run("""
                                load();
                                const db = connect();
                                for (const sql of ["DELETE FROM t", "PRAGMA litestream_time = 'no time'"]) {
                                    try {
                                        db.exec(sql);
                                    } catch (e) {
                                        console.log(e.message);
                                    }
                                }
                                """).success())
                .startsWith("attempt to write a readonly database\ninvalid timestamp")
                .contains("no time");
    }
}
