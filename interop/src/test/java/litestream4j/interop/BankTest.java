package litestream4j.interop;

import static litestream4j.testkit.Interop.Program.LITESTREAM;
import static litestream4j.testkit.Interop.Program.PYTHON;
import static litestream4j.testkit.Interop.Program.SQLITE3;
import static litestream4j.testkit.Interop.Program.WEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.ltx.Txid;
import litestream4j.testkit.Interop;
import litestream4j.testkit.LitestreamPrimary;
import litestream4j.testkit.LitestreamReplica;
import litestream4j.testkit.PrimarySchedule;
import litestream4j.testkit.SeaweedServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no reader ever sees a state that no transaction left, whatever compaction, retention and an outage of the
 * store do meanwhile; readers get on afterwards, and memory stays bounded. Method: a bank whose money is constant, on
 * S3, with readers through every door; the server is killed and started again once in the middle.
 *
 * <p>The system property {@code bank.seconds} sets how long it goes on: half a minute in the build, some minutes for
 * the long form.
 */
@Tag("interop")
class BankTest {
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    private static final Duration TIME = Duration.ofSeconds(Long.getLong("bank.seconds", 25));

    private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

    /** In which a reader succeeds again after the server is back. */
    private static final Duration RECOVERY = Duration.ofSeconds(20);

    /** In which the newest state is to be seen once the writer rests. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private static final long CACHE_BYTES_MAX = 11 << 20;

    private static final long HELD_BYTES_MAX = 9 << 20;

    private static final long INDEX_BYTES_MAX = 1 << 20;

    /** Of a host, JVM included. */
    private static final long RESIDENT_BYTES_MAX = 400L << 20;

    @TempDir
    Path folder;

    private final Map<BankReader, Thread> readers = new LinkedHashMap<>();

    @Test
    void noReaderSeesWhatNoTransactionLeft() throws Exception {
        Interop.assumeAvailable(LITESTREAM, WEED, SQLITE3, PYTHON);
        Path database = Bank.create(folder.resolve("bank.db"));
        try (SeaweedServer server = SeaweedServer.start("replicas");
                LitestreamPrimary primary =
                        LitestreamPrimary.start(database, server.replica("bank"), PrimarySchedule.FAST)) {
            List<Door> observers = new ArrayList<>();
            for (Door.Kind kind : Door.Kind.values()) {
                observers.add(open(kind, primary.replica()));
            }
            startReaders(primary.replica());
            long killedAt;
            long recoveredAt;
            try (Bank bank = new Bank(database, SEED)) {
                pass(TIME.dividedBy(2));
                killedAt = System.nanoTime();
                server.kill();
                pass(Duration.ofSeconds(2));
                server.restart();
                awaitThatAllReadersSucceed();
                recoveredAt = System.nanoTime();
                pass(TIME.dividedBy(2));
                System.err.printf(
                        "bank: %d transfers, outage of %d s%n",
                        bank.transfers(), TimeUnit.NANOSECONDS.toSeconds(recoveredAt - killedAt));
            }
            Txid newest = primary.sync();
            for (Door observer : observers) {
                awaitTxid(observer, newest);
                assertThat(observer.number("SELECT sum(balance) FROM account")).isEqualTo(Bank.MONEY);
            }
            stopReaders();
            for (Door observer : observers) {
                assertBounded(observer);
                observer.close();
            }
            readers.keySet().forEach(reader -> System.err.println("bank: " + reader));
            assertThat(readers.keySet().stream().flatMap(reader -> reader.violations().stream()))
                    .as("seed=%d", SEED)
                    .isEmpty();
            for (BankReader reader : readers.keySet()) {
                assertThat(reader.states()).as("states that %s saw", reader).isGreaterThan(2);
                assertThat(reader.failures())
                        .as("failed statements outside of the outage, seed=%d", SEED)
                        .allMatch(failure -> failure.nanos() > killedAt && failure.nanos() <= recoveredAt);
            }
        } finally {
            stopReaders();
        }
    }

    private static Door open(Door.Kind kind, LitestreamReplica replica) throws IOException {
        return kind.open(replica.url(), POLL_INTERVAL, replica.environment());
    }

    /** Several through JDBC, which share one engine; some of them come and go. */
    private void startReaders(LitestreamReplica replica) {
        startReader("JDBC, staying", Door.Kind.JDBC, Integer.MAX_VALUE, replica);
        startReader("JDBC, short", Door.Kind.JDBC, 1, replica);
        startReader("JDBC, coming and going", Door.Kind.JDBC, 50, replica);
        startReader("shell", Door.Kind.SHELL, 300, replica);
        startReader("Python", Door.Kind.PYTHON, 500, replica);
    }

    private void startReader(String name, Door.Kind kind, int transactionsEach, LitestreamReplica replica) {
        BankReader reader = new BankReader(name);
        Thread thread = Thread.ofPlatform()
                .name("bank-reader-" + name)
                .start(() -> reader.work(() -> open(kind, replica), transactionsEach));
        readers.put(reader, thread);
    }

    private void stopReaders() throws InterruptedException {
        readers.keySet().forEach(BankReader::close);
        for (Thread thread : readers.values()) {
            thread.join();
        }
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }

    /** Each twice: the first may have begun, and had its pages, before the outage. */
    private void awaitThatAllReadersSucceed() {
        for (BankReader reader : readers.keySet()) {
            long before = reader.transactions();
            await(reader + " to succeed again").atMost(RECOVERY).until(() -> reader.transactions() >= before + 2);
        }
    }

    private static void awaitTxid(Door door, Txid txid) {
        await("txid " + txid + " through " + door.getClass())
                .atMost(CATCH_UP)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> door.value("PRAGMA litestream_txid").equals(txid.toString()));
    }

    private static void assertBounded(Door door) throws IOException {
        String stats = door.value("PRAGMA litestream_stats");
        assertThat(stat("cache_bytes", stats)).as(stats).isLessThan(CACHE_BYTES_MAX);
        assertThat(stat("held_bytes", stats)).as(stats).isLessThan(HELD_BYTES_MAX);
        assertThat(stat("index_bytes", stats)).as(stats).isLessThan(INDEX_BYTES_MAX);
        assertThat(stat("pinned_readers", stats)).as(stats).isZero();
        OptionalLong host = door.host();
        if (host.isPresent()) {
            assertThat(residentBytes(host.getAsLong())).isLessThan(RESIDENT_BYTES_MAX);
        }
    }

    private static long stat(String name, String json) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static long residentBytes(long process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
