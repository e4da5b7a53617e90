package litestream4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import litestream4j.cli.output.Amounts;
import litestream4j.cli.output.Json;
import litestream4j.cli.output.ProgressBar;
import litestream4j.cli.verify.Finding;
import litestream4j.cli.verify.FullCheck;
import litestream4j.cli.verify.QuickCheck;
import litestream4j.cli.verify.Verdict;
import litestream4j.engine.RetryingClient;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a replica. */
@Command(
        name = "verify",
        description = "Checks a replica: every file, every chain, and the newest state, which it puts together.",
        footer = {
            "Each file is read from end to end: checksum, header against name, order of pages, page index.",
            "The states that snapshots stand for are put together from the other files as well, and have to",
            "be the same, page by page. The newest one goes through SQLite's integrity_check. That takes a",
            "temporary file as large as the database, and the download of all files. --quick reads headers",
            "and page indexes only: it finds what is missing, and not which bytes are wrong.",
            "",
            "The last line is the verdict. Exit codes:",
            "  0    sound: nothing is wrong; warnings tell of states of the past that cannot be had",
            "  4    incomplete: nothing is damaged, but files for the newest state are missing",
            "  5    damaged: bytes are wrong; what is left of the replica may still give the newest state",
            "",
            "Examples:",
            "  litestream4j verify s3://bucket/db",
            "  litestream4j verify --quick --json file:///srv/replica"
        })
final class VerifyCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The replica; - or nothing for LITESTREAM_REPLICA_URL.")
    private @Nullable String url;

    @Option(names = "--quick", description = "Read headers and page indexes only.")
    private boolean quick;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Option(
            names = "--temp",
            paramLabel = "FOLDER",
            description = "Where to put the temporary file (default: Java's folder for such, mostly /tmp).")
    private @Nullable Path temp;

    VerifyCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        ReplicaUrl replica = ReplicaArgument.resolve(url, host.environment());
        try (ReplicaClient client = new RetryingClient(ReplicaProviders.connect(replica, host.environment()))) {
            Verdict verdict = quick ? new QuickCheck(client).run() : full(client);
            if (verdict.files() == 0) {
                throw ListCommand.nothing(client);
            }
            String text = json ? Json.text(asMap(replica, verdict)) : String.join("\n", asLines(replica, verdict));
            host.out().write(text + "\n");
            return switch (verdict.outcome()) {
                case SOUND -> ExitCode.OK;
                case INCOMPLETE -> ExitCode.NOTHING_TO_READ;
                case DAMAGED -> ExitCode.DAMAGED;
            };
        }
    }

    private Verdict full(ReplicaClient client) throws IOException {
        Path folder = temp == null ? Path.of(System.getProperty("java.io.tmpdir")) : temp;
        try (ProgressBar bar = new ProgressBar(host.err(), host.showsProgress(), "verifying")) {
            return new FullCheck(client, new OnBar(bar)).run(folder);
        }
    }

    private List<String> asLines(ReplicaUrl replica, Verdict verdict) {
        List<String> lines = new ArrayList<>();
        lines.add("replica    " + replica.displayName());
        lines.add("files      %s, %s: %s"
                .formatted(
                        Amounts.count(verdict.files(), "file"),
                        Amounts.bytes(verdict.bytes()),
                        quick ? "headers and indexes read" : "each read from end to end"));
        LtxHeader newest = verdict.newest();
        if (newest != null) {
            lines.add("newest     txid %s of %s: %d pages of %d bytes from %s"
                    .formatted(
                            newest.max(),
                            newest.timestamp(),
                            newest.commit().pages(),
                            newest.pageSize().bytes(),
                            Amounts.count(verdict.applied(), "file")));
        }
        if (verdict.compared() > 0) {
            lines.add("snapshots  %d compared with the other files: the same pages".formatted(verdict.compared()));
        }
        if (verdict.integrity() != null) {
            lines.add("integrity  " + verdict.integrity());
        }
        for (Finding finding : verdict.findings()) {
            lines.add("%-10s %s".formatted(finding.severity().name().toLowerCase(Locale.ROOT), finding.text()));
        }
        lines.add("verdict    " + verdict.outcome().name().toLowerCase(Locale.ROOT)
                + (quick && verdict.outcome() == Verdict.Outcome.SOUND ? ", as far as headers and indexes tell" : ""));
        return lines;
    }

    private Map<String, @Nullable Object> asMap(ReplicaUrl replica, Verdict verdict) {
        LtxHeader newest = verdict.newest();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("replica", replica.displayName());
        map.put("verdict", verdict.outcome().name().toLowerCase(Locale.ROOT));
        map.put("quick", quick);
        map.put("txid", newest == null ? null : newest.max().toString());
        map.put("time", newest == null ? null : newest.timestamp().toString());
        map.put("page_size", newest == null ? null : newest.pageSize().bytes());
        map.put("pages", newest == null ? null : newest.commit().pages());
        map.put("files", verdict.files());
        map.put("bytes", verdict.bytes());
        map.put("snapshots_compared", verdict.compared());
        map.put("integrity_check", verdict.integrity());
        map.put("findings", verdict.findings().stream().map(Finding::asMap).toList());
        return map;
    }

    private record OnBar(ProgressBar bar) implements FullCheck.Listener {
        @Override
        public void begin(long bytes) {
            bar.begin(bytes);
        }

        @Override
        public void received(long bytes) {
            bar.advance(bytes);
        }
    }
}
