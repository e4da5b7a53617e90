package litestream4j.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.ScriptHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What else may be in the process: other SQLite libraries, forked children, fibers, plain databases. */
class NeighboursTest {
    @TempDir
    private Path scratch;

    /** Python's own SQLite, and a copy of the same library that the loader takes for another one. */
    @Test
    void twoLibrariesOfOneProcessReadTheSameReplica() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import ctypes, ctypes.util, re, shutil
                                maps = open('/proc/self/maps').read()
                                first = re.search(r'\\S*/libsqlite3\\.so\\S*', maps).group()
                                second = ctypes.CDLL(shutil.copy(first, '%s/second.so'))
                                pointer = ctypes.c_void_p
                                def text(sql):
                                    db, statement = pointer(), pointer()
                                    name = b'file:x.db?vfs=litestream'
                                    assert second.sqlite3_open_v2(name, ctypes.byref(db), 0x41, None) == 0
                                    second.sqlite3_prepare_v2(db, sql, -1, ctypes.byref(statement), None)
                                    assert second.sqlite3_step(statement) == 100
                                    second.sqlite3_column_text.restype = ctypes.c_char_p
                                    result = second.sqlite3_column_text(statement, 0).decode()
                                    second.sqlite3_finalize(statement)
                                    assert second.sqlite3_close(db) == 0
                                    return result
                                c = connect()
                                print(rows(c))
                                db = pointer()
                                second.sqlite3_open(b':memory:', ctypes.byref(db))
                                second.sqlite3_enable_load_extension(db, 1)
                                print(second.sqlite3_load_extension(db, sys.argv[1].encode(), None, None))
                                second.sqlite3_close(db)
                                print(text(b'SELECT count(*) FROM t'), text(b'SELECT litestream_txid()'))
                                second.sqlite3_shutdown()
                                print(rows(c, 'SELECT litestream_txid(), count(*) FROM t'))
                                """.formatted(scratch)).success()).isEqualTo("""
                        [(150, 7389)]
                        0
                        150 0000000000000006
                        [('0000000000000006', 150)]
                        """);
    }

    @Test
    void theVfsMayBeNamedWithoutAUri() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import ctypes, re
                                maps = open('/proc/self/maps').read()
                                sqlite = ctypes.CDLL(re.search(r'\\S*/libsqlite3\\.so\\S*', maps).group())
                                db, statement = ctypes.c_void_p(), ctypes.c_void_p()
                                print(sqlite.sqlite3_open_v2(b'x.db', ctypes.byref(db), 2, b'litestream'))
                                sql = b'SELECT count(*) FROM t'
                                print(sqlite.sqlite3_prepare_v2(db, sql, -1, ctypes.byref(statement), None))
                                sqlite.sqlite3_step(statement)
                                print(sqlite.sqlite3_column_int(statement, 0))
                                sqlite.sqlite3_finalize(statement)
                                print(sqlite.sqlite3_close(db))
                                """).success()).isEqualTo("0\n0\n150\n0\n");
    }

    @Test
    void sqliteMayBeShutDownAndTheExtensionLoadedAgain() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import ctypes, re
                                maps = open('/proc/self/maps').read()
                                sqlite = ctypes.CDLL(re.search(r'\\S*/libsqlite3\\.so\\S*', maps).group())
                                for _ in range(3):
                                    c = connect()
                                    print(rows(c), rows(c, 'SELECT litestream_txid()'))
                                    c.close()
                                    assert sqlite.sqlite3_shutdown() == 0
                                    load()
                                """).success())
                .isEqualTo("[(150, 7389)] [('0000000000000006',)]\n".repeat(3));
    }

    @Test
    void poolsOfProcessesWorkForkedBeforeAndSpawnedAfterwards() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                import multiprocessing
                                del sys.modules['__main__'].__file__ # Else a spawned child would look for it.
                                def work(_):
                                    return rows(connect())
                                with multiprocessing.get_context('fork').Pool(2) as pool:
                                    print(pool.map(work, range(4), 1))
                                print(rows(connect()))
                                code = '''
                                import sqlite3
                                def answer(library):
                                    loader = sqlite3.connect(':memory:')
                                    loader.enable_load_extension(True)
                                    loader.execute("SELECT load_extension(?, 'sqlite3_litestreamvfs_init')", (library,))
                                    db = sqlite3.connect('file:x.db?vfs=litestream', uri=True)
                                    return db.execute('SELECT count(*) FROM t').fetchone()
                                '''
                                import textwrap
                                open('worker.py', 'w').write(textwrap.dedent(code))
                                sys.path.insert(0, '.')
                                import worker
                                with multiprocessing.get_context('spawn').Pool(2) as pool:
                                    print(pool.map(worker.answer, [sys.argv[1]] * 2, 1))
                                """).success()).isEqualTo("""
                        [[(150, 7389)], [(150, 7389)], [(150, 7389)], [(150, 7389)]]
                        [(150, 7389)]
                        [(150,), (150,)]
                        """);
    }

    /** A child that was forked while no JVM could be started is as good as its parent. */
    @Test
    void aFailedStartDoesNotSpoilTheChildren() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                home = os.environ['LITESTREAM_JAVA_HOME']
                                os.environ['LITESTREAM_JAVA_HOME'] = '/nowhere'
                                try:
                                    connect()
                                except sqlite3.OperationalError as e:
                                    print(e, flush=True)
                                os.environ['LITESTREAM_JAVA_HOME'] = home
                                child = os.fork()
                                if child == 0:
                                    print(rows(connect()), flush=True)
                                    os._exit(0)
                                print(os.waitpid(child, 0)[1], rows(connect()))
                                """).success()).isEqualTo("""
                        unable to open database file
                        [(150, 7389)]
                        0 [(150, 7389)]
                        """);
    }

    /** A fiber has a stack that Java knows nothing of. */
    @Test
    void fibersWork() throws IOException {
        assertThat(ScriptHost.orSkip("ruby-sqlite3", Path.of("/usr/lib/ruby/vendor_ruby/sqlite3.rb"), "/usr/bin/ruby")
                        .withEnvironment(ExtensionFolder.java())
                        .withEnvironment(
                                Map.of("LITESTREAM_REPLICA_URL", "file://" + GoldenFolder.orSkip("real-0.5.17")))
                        .run("""
                                require "sqlite3"
                                loader = SQLite3::Database.new(":memory:")
                                loader.enable_load_extension(true)
                                loader.load_extension("%s")
                                replica = "file:x.db?vfs=litestream"
                                count = -> { SQLite3::Database.new(replica).get_first_value("SELECT count(*) FROM t") }
                                puts Fiber.new(&count).resume, count.call, Fiber.new(&count).resume
                                """.formatted(ExtensionFolder.shared().library()))
                        .success())
                .isEqualTo("150\n150\n150\n");
    }

    @Test
    void backupAndAttachedDatabasesWorkBesideAReplica() throws IOException {
        assertThat(PythonRun.ofSample().run("""
                                c = connect()
                                plain = sqlite3.connect('plain.db')
                                c.backup(plain)
                                print(rows(plain), rows(plain, 'PRAGMA integrity_check'))
                                plain.execute('CREATE TABLE own (a)')
                                plain.execute('INSERT INTO own VALUES (1)')
                                plain.commit()
                                plain.execute("ATTACH 'file:y.db?vfs=litestream' AS r")
                                plain.execute('INSERT INTO own SELECT v FROM r.t')
                                plain.commit()
                                print(rows(plain, 'SELECT count(*) FROM own'))
                                c.execute("ATTACH 'file:plain.db?vfs=unix' AS p")
                                c.execute('DELETE FROM p.own')
                                c.commit()
                                print(rows(plain, 'SELECT count(*) FROM own'), rows(c))
                                """).success()).isEqualTo("""
                        [(150, 7389)] [('ok',)]
                        [(151,)]
                        [(0,)] [(150, 7389)]
                        """);
    }
}
