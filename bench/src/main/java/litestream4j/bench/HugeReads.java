package litestream4j.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.ltx.Commit;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.replica.Level;

/**
 * What the size of a replica costs: the same database of some 10 MB as it is, and with free pages behind it up to 10
 * GB. Nobody reads these, but each has its entry in the index of the snapshot, which takes 24 MB.
 */
final class HugeReads {
    private static final List<Contender> CONTENDERS = List.of(Contender.GO, Contender.OURS, Contender.OURS_WARM);

    private static final int PAGES = 2_600_000;

    /** Interior pages are fetched in the background after an open; long enough for that. */
    private static final long SETTLE_MILLIS = 1500;

    private final Run run;
    private final LoopbackStore store;
    private final Replica replica;
    private final String table;

    private HugeReads(Run run, LoopbackStore store, Replica replica, String table) {
        this.run = run;
        this.store = store;
        this.replica = replica;
        this.table = table;
    }

    static void run(Run run) throws IOException, SQLException, InterruptedException {
        Replica ten = run.replica(Shape.TEN);
        Replica huge = new Replica(ten.shape(), enlarged(ten), ten.primary(), ten.plain());
        for (boolean isHuge : new boolean[] {false, true}) {
            String table = "Cold, %s, %d ms a request"
                    .formatted(isHuge ? "the same with 10 GB of free pages" : "10 MB replica", run.latencyMillis());
            try (LoopbackStore store = LoopbackStore.start(0)) {
                store.load(isHuge ? huge : ten);
                HugeReads reads = new HugeReads(run, store, isHuge ? huge : ten, table);
                run.interleaved(table, run.quick() ? 1 : 3, CONTENDERS, reads::sample);
            }
        }
    }

    private void sample(Contender contender) throws IOException, SQLException, InterruptedException {
        try (HostProcess host = run.host(contender)) {
            String database = run.database(contender, store, replica, 0);
            if (contender == Contender.OURS_WARM) {
                for (int i = 0; i < 20; i++) {
                    host.call("open", "1", database, Queries.FIRST_ROW);
                    host.call("query", "0", Queries.byId(10 * i + 1));
                    host.call("close");
                }
            }
            store.setLatencyMillis(run.latencyMillis());
            store.takeLog();
            Cost cost = new Cost(run, store, table);
            cost.add(
                    contender, "open to first row", host.measure("ms", "open", "1", database, Queries.FIRST_ROW), true);
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            cost.add(contender, "the background work after it, and idling", SETTLE_MILLIS, true);
            int middle = replica.shape().items() / 2;
            cost.add(contender, "lookup by primary key", host.measure("ms", "query", "0", Queries.byId(middle)), true);
            run.results().add(table, "resident memory, MB", contender, host.residentMegabytes());
            if (contender.engine == Contender.Engine.OURS) {
                String stats =
                        host.call("query", "0", "PRAGMA litestream_stats").getOrDefault("value", "");
                Matcher bytes = Pattern.compile("\"index_bytes\":(\\d+)").matcher(stats);
                run.results()
                        .add(
                                table,
                                "page map and indexes, kB",
                                contender,
                                bytes.find() ? Double.parseDouble(bytes.group(1)) / 1000 : Double.NaN);
            }
            store.setLatencyMillis(0);
        }
    }

    /** Returns a replica with the same pages and free ones behind them; kept beside the other one. */
    private static Path enlarged(Replica replica) throws IOException {
        Path folder = replica.folder().resolveSibling("enlarged");
        if (Files.isDirectory(folder)) {
            return folder;
        }
        System.err.println("making the replica of 10 GB ...");
        Path unfinished = replica.folder().resolveSibling("enlarged.unfinished");
        ReplicaMaker.delete(unfinished);
        for (Level level : Level.ALL) {
            Path from = replica.levels().resolve(Integer.toString(level.number()));
            if (!Files.isDirectory(from)) {
                continue;
            }
            Path to = Files.createDirectories(unfinished.resolve("ltx").resolve(from.getFileName()));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                for (Path file : files) {
                    enlarge(file, to.resolve(file.getFileName()));
                }
            }
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        return folder;
    }

    private static void enlarge(Path from, Path to) throws IOException {
        byte[] content = Files.readAllBytes(from);
        String name = from.getFileName().toString();
        LtxFileContents contents = LtxFileContents.parse(LtxFileName.parse(name).orElseThrow(), name, content);
        LtxHeader header = contents.header();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
            LtxWriter writer = new LtxWriter(
                    out,
                    new LtxHeader(
                            header.noChecksum(),
                            header.pageSize(),
                            new Commit(PAGES),
                            header.min(),
                            header.max(),
                            header.timestampMillis(),
                            header.preApplyChecksum(),
                            header.walOffset(),
                            header.walSize(),
                            header.walSalt1(),
                            header.walSalt2(),
                            header.nodeId()));
            for (int i = 0; i < contents.index().size(); i++) {
                int offset = (int) contents.index().offset(i);
                int bytes = contents.index().frameBytes(i);
                long pgno = contents.index().pgno(i);
                writer.page(pgno, FrameDecoder.decode(name, offset, content, offset, bytes, pgno, header.pageSize()));
            }
            if (header.min().value() == 1) {
                byte[] free = new byte[header.pageSize().bytes()];
                for (long pgno = header.commit().pages() + 1; pgno <= PAGES; pgno++) {
                    if (pgno != header.pageSize().lockPage()) {
                        writer.page(pgno, free);
                    }
                }
            }
            writer.finish(0);
        }
    }
}
