package litestream4j.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import litestream4j.ltx.Txid;
import litestream4j.replica.LtxFile;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real Litestream that replicates one database while the test runs. Its replica answers as
 * {@link #replica}, also after it has stopped.
 *
 * <p>Use by one thread at a time; the database itself may be written by anybody.
 */
public final class LitestreamPrimary implements AutoCloseable {
    /** Seen: 0.2 s to a folder, 0.3 s to S3. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    /** Seen: 10 ms to 1.7 s, for the last sync and closing the database. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(60);

    private static final Pattern REPLICA_TXID = Pattern.compile("\"replica_txid\":\\s*(\\d+)");

    private final Path database;
    private final LitestreamReplica replica;
    private final Path folder;
    private final Path socket;
    private final Path config;

    private @Nullable ChildProcess daemon;

    private LitestreamPrimary(Path database, LitestreamReplica replica, Path folder) {
        this.database = database;
        this.replica = replica;
        this.folder = folder;
        this.socket = folder.resolve("socket");
        this.config = folder.resolve("litestream.yml");
    }

    /**
     * Starts a primary and waits until the replica holds the present state of the database.
     *
     * @param database an SQLite file that exists; it is put into WAL mode
     * @throws IllegalStateException if it does not come up, with the end of its log
     */
    public static LitestreamPrimary start(Path database, LitestreamReplica replica, PrimarySchedule schedule)
            throws IOException {
        Path file = database.toAbsolutePath();
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("no database at " + file + ": create it before its primary starts");
        }
        // Not beside the database: the path of a socket may have 107 bytes only.
        Path folder = Files.createTempDirectory("primary-");
        LitestreamPrimary primary = new LitestreamPrimary(file, replica, folder);
        try {
            Files.writeString(primary.config, primary.yaml(schedule));
            primary.start();
        } catch (IOException | RuntimeException | Error e) {
            primary.close();
            throw e;
        }
        return primary;
    }

    /** Starts again after {@link #stop} or {@link #kill}, with the same settings, and waits as at the first start. */
    public void start() throws IOException {
        if (daemon != null && daemon.isAlive()) {
            throw new IllegalStateException("the primary of " + database + " is running already");
        }
        Files.deleteIfExists(socket);
        ChildProcess started = ChildProcess.start(new ChildProcess.Launch(
                command("replicate", "-no-expand-env", "-config", config.toString()), replica.environment(), folder));
        daemon = started;
        try {
            await("first sync")
                    .atMost(START_PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !started.isAlive() || requestSync().exit() == 0);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    "no first sync of %s within %s: %s".formatted(database, START_PATIENCE, describe()), e);
        }
        sync();
    }

    public Path database() {
        return database;
    }

    public LitestreamReplica replica() {
        return replica;
    }

    /**
     * Uploads what has been committed so far and waits until it is in the replica.
     *
     * @return the newest transaction in the replica; it holds every commit made before the call
     * @throws IllegalStateException if the primary does not run or cannot reach the replica, with the end of its log
     */
    public Txid sync() throws IOException {
        ProcessOutput answer = requestSync();
        Matcher txid = REPLICA_TXID.matcher(answer.stdout());
        if (answer.exit() != 0 || !txid.find()) {
            throw new IllegalStateException("sync of %s failed: %s; %s"
                    .formatted(database, answer.stderr().strip(), describe()));
        }
        return new Txid(Long.parseUnsignedLong(txid.group(1)));
    }

    /**
     * Runs SQL on the database with the {@code sqlite3} shell, and waits until it is in the replica.
     *
     * @return the transaction of the replica that has its effects
     */
    public Txid execute(String sql) throws IOException {
        Sqlite3Shell.on(database).run(sql).success();
        return sync();
    }

    /** Waits until the replica holds a transaction, on whatever level. */
    public void awaitTxid(Txid txid, Duration patience) {
        awaitFiles(files -> files.stream().anyMatch(file -> !file.max().isBefore(txid)), patience);
    }

    /**
     * Waits until the replica's files are as wished, for example until there is one on L2.
     *
     * @return the files as they were when they were as wished
     * @throws ConditionTimeoutException if that does not happen in time
     */
    public List<LtxFile> awaitFiles(Predicate<List<LtxFile>> wished, Duration patience) {
        return await("files of " + replica)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(100))
                .until(replica::files, wished);
    }

    /**
     * Waits until the replica's files have not changed for a while, as happens some time after the last commit: the
     * primary goes on with compactions and deletions.
     *
     * @param quiet longer than the intervals of the schedule whose work is to be over
     * @return the files
     */
    public List<LtxFile> awaitSettled(Duration quiet, Duration patience) {
        Settling settling = new Settling(quiet);
        return awaitFiles(settling, patience);
    }

    /** Ends the primary in order, with a last sync. */
    public void stop() {
        if (daemon != null) {
            daemon.stop(STOP_PATIENCE);
        }
    }

    /** Ends the primary at once, as a power cut would. */
    public void kill() {
        if (daemon != null) {
            daemon.kill();
        }
    }

    /** Returns whether the primary runs, and the end of its log. */
    public String describe() {
        return daemon == null ? "the primary has not been started" : daemon.describe();
    }

    /** Ends the primary, without a last sync, and deletes its log. Database and replica stay. */
    @Override
    public void close() throws IOException {
        kill();
        Folders.delete(folder);
    }

    private ProcessOutput requestSync() throws IOException {
        List<String> command =
                command("sync", "-json", "-wait", "-timeout", "30", "-socket", socket.toString(), database.toString());
        return ChildProcess.run(command, Map.of(), COMMAND_TIMEOUT);
    }

    private static List<String> command(String... arguments) {
        String litestream = Interop.require(Interop.Program.LITESTREAM).toString();
        return Stream.concat(Stream.of(litestream), Stream.of(arguments)).toList();
    }

    private String yaml(PrimarySchedule schedule) {
        return """
                logging: {level: info, stderr: true}
                socket: {enabled: true, path: %s, permissions: 0600}
                %sdbs:
                  - path: %s
                    monitor-interval: %s
                    replica: {url: %s, sync-interval: %s}
                """.formatted(
                        quoted(socket.toString()),
                        schedule.toYaml(),
                        quoted(database.toString()),
                        PrimarySchedule.text(schedule.monitor()),
                        quoted(replica.url()),
                        PrimarySchedule.text(schedule.sync()));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Holds once it has seen the same files over a stretch of time. */
    private static final class Settling implements Predicate<List<LtxFile>> {
        private final long quietNanos;
        private List<LtxFile> last = List.of();
        private long unchangedSince = System.nanoTime();

        Settling(Duration quiet) {
            this.quietNanos = quiet.toNanos();
        }

        @Override
        public boolean test(List<LtxFile> files) {
            if (!files.equals(last)) {
                last = files;
                unchangedSince = System.nanoTime();
            }
            return System.nanoTime() - unchangedSince >= quietNanos;
        }
    }
}
