package litestream4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import litestream4j.cli.output.Amounts;
import litestream4j.engine.PlanException;
import litestream4j.engine.RestorePlan;
import litestream4j.engine.RestorePlanner;
import litestream4j.engine.Target;
import litestream4j.ltx.LtxFormatException;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.MeteredClient;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.RequestCounts;
import org.jspecify.annotations.Nullable;

/**
 * What a replica holds, found with one listing and two or three reads of 100 bytes.
 *
 * @param newest the header of the file that leads to the newest state; null if none does
 * @param usable the newest state before a gap that can be had; null if there is no gap, or nothing before it
 * @param oldest the header of the file that alone gives the oldest state; null if none does
 * @param plan the files of the newest state; empty if they do not lead there
 * @param levels by level, those without files left out
 * @param problems sentences for people: what is wrong with the replica
 * @param failure the first problem; null if there is none
 * @param requests what it took
 */
record ReplicaReport(
        String url,
        @Nullable LtxHeader newest,
        @Nullable LtxHeader usable,
        @Nullable LtxHeader oldest,
        List<LtxFile> plan,
        Map<Level, LevelTotals> levels,
        List<String> problems,
        @Nullable IOException failure,
        RequestCounts requests) {

    /** Files of one level. */
    record LevelTotals(int files, long bytes) {
        LevelTotals plus(LtxFile file) {
            return new LevelTotals(files + 1, bytes + file.size());
        }
    }

    /**
     * Looks at a replica.
     *
     * @throws IOException if the store fails, or it holds no files at all
     */
    static ReplicaReport of(ReplicaClient client, MeteredClient meter) throws IOException {
        List<LtxFile> files = client.listAll();
        if (files.isEmpty()) {
            throw ListCommand.nothing(client);
        }
        List<String> problems = new ArrayList<>();
        List<LtxFile> plan = List.of();
        LtxHeader newest = null;
        LtxHeader usable = null;
        IOException failure = null;
        try {
            RestorePlan restorePlan = RestorePlanner.plan(files, Target.LATEST);
            newest = header(client, restorePlan.files().getLast());
            plan = restorePlan.files();
        } catch (PlanException | LtxFormatException e) {
            failure = e;
            problems.add(Failure.of(e).line());
            usable = e instanceof PlanException.Gap ? beforeGap(client, files) : null;
        }
        LtxHeader oldest = null;
        Optional<LtxFile> first =
                files.stream().filter(file -> file.name().isSnapshot()).min(Comparator.comparing(LtxFile::max));
        if (first.isPresent()) {
            try {
                oldest = header(client, first.get());
            } catch (LtxFormatException e) {
                failure = failure == null ? e : failure;
                problems.add(Failure.of(e).line());
            }
        }
        Map<Level, LevelTotals> levels = new TreeMap<>();
        for (LtxFile file : files) {
            levels.put(
                    file.level(),
                    levels.getOrDefault(file.level(), new LevelTotals(0, 0)).plus(file));
        }
        return new ReplicaReport(
                client.displayUrl(), newest, usable, oldest, plan, levels, problems, failure, meter.counts());
    }

    /** Returns the header of the last file before a gap; null if it cannot be read either. */
    private static @Nullable LtxHeader beforeGap(ReplicaClient client, List<LtxFile> files) throws IOException {
        Optional<LtxFile> snapshot = RestorePlanner.newestSnapshot(files);
        List<LtxFile> chain =
                RestorePlanner.chain(files, snapshot.map(LtxFile::max).orElse(Txid.NONE));
        try {
            return chain.isEmpty()
                    ? snapshot.isEmpty() ? null : header(client, snapshot.get())
                    : header(client, chain.getLast());
        } catch (LtxFormatException _) {
            return null;
        }
    }

    private static LtxHeader header(ReplicaClient client, LtxFile file) throws IOException {
        String label = client.displayUrl() + ": " + file.label();
        int wanted = (int) Math.min(LtxHeader.BYTES, Math.max(1, file.size()));
        if (file.size() == 0) {
            throw new LtxFormatException(label, 0, "header", LtxHeader.BYTES + " bytes", "an empty file");
        }
        try (LtxObject object = client.read(file, 0, wanted);
                InputStream body = object.body()) {
            LtxHeader header = LtxHeader.parse(label, body.readNBytes(wanted), 0);
            if (!header.name().equals(file.name())) {
                throw new LtxFormatException(label, 16, "TXIDs", file.name() + " by the file's name", header.name());
            }
            return header;
        }
    }

    /** Returns the report for programs. */
    Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("replica", url);
        map.put("txid", newest == null ? null : newest.max().toString());
        map.put("time", newest == null ? null : newest.timestamp().toString());
        map.put("page_size", newest == null ? null : newest.pageSize().bytes());
        map.put("pages", newest == null ? null : newest.commit().pages());
        map.put("database_bytes", newest == null ? null : newest.commit().bytes(newest.pageSize()));
        map.put("usable_txid", usable == null ? null : usable.max().toString());
        map.put("oldest_txid", oldest == null ? null : oldest.max().toString());
        map.put("oldest_time", oldest == null ? null : oldest.timestamp().toString());
        map.put("plan", plan.stream().map(LtxFile::label).toList());
        map.put("levels", levels.entrySet().stream().map(ReplicaReport::asMap).toList());
        map.put("problems", problems);
        map.put("requests", requests.requests());
        map.put("received_bytes", requests.bytes());
        return map;
    }

    private static Map<String, Object> asMap(Map.Entry<Level, LevelTotals> level) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("level", level.getKey().number());
        map.put("files", level.getValue().files());
        map.put("bytes", level.getValue().bytes());
        return map;
    }

    /** Returns the report for people, in lines. */
    List<String> asLines(Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add("replica   " + url);
        if (newest != null) {
            lines.add("newest    txid %s of %s (%s ago)"
                    .formatted(newest.max(), newest.timestamp(), Amounts.age(newest.timestamp(), now)));
            lines.add("database  %s: %d pages of %d bytes"
                    .formatted(
                            Amounts.bytes(newest.commit().bytes(newest.pageSize())),
                            newest.commit().pages(),
                            newest.pageSize().bytes()));
        }
        if (usable != null) {
            lines.add("usable    txid %s of %s (%s ago): 'litestream4j query --txid' and 'restore --txid' still give it"
                    .formatted(usable.max(), usable.timestamp(), Amounts.age(usable.timestamp(), now)));
        }
        if (oldest != null) {
            lines.add("oldest    txid %s of %s (%s ago)"
                    .formatted(oldest.max(), oldest.timestamp(), Amounts.age(oldest.timestamp(), now)));
        }
        if (!plan.isEmpty()) {
            lines.add("plan      %s, %s: %s"
                    .formatted(
                            Amounts.count(plan.size(), "file"),
                            Amounts.bytes(plan.stream().mapToLong(LtxFile::size).sum()),
                            planText()));
        }
        String name = "levels";
        for (Map.Entry<Level, LevelTotals> level : levels.entrySet()) {
            lines.add("%-9s %s  %s, %s"
                    .formatted(
                            name,
                            level.getKey(),
                            Amounts.count(level.getValue().files(), "file"),
                            Amounts.bytes(level.getValue().bytes())));
            name = "";
        }
        problems.forEach(problem -> lines.add("problem   " + problem));
        lines.add("took      %s, %s: a listing and headers; 'litestream4j verify' reads the files"
                .formatted(Amounts.count(requests.requests(), "request"), Amounts.bytes(requests.bytes())));
        return lines;
    }

    /** A plan may have hundreds of files: its ends say enough. */
    private String planText() {
        if (plan.size() <= 3) {
            return String.join(", ", plan.stream().map(LtxFile::label).toList());
        }
        return plan.getFirst().label() + ", ..., " + plan.getLast().label();
    }
}
