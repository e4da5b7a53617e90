package litestream4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;

/**
 * A replica as the real Litestream sees it: the oracle for what a reader must show. Needs the
 * {@code litestream} command; {@code dump} needs the {@code sqlite3} shell as well.
 *
 * @param url as in {@code LITESTREAM_REPLICA_URL}; also right for the reference's extension and for a reader of ours
 * @param environment what a program needs beside the URL, such as credentials
 */
public record LitestreamReplica(String url, Map<String, String> environment) {
    /** A restore of the largest test database takes a few seconds. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** One file in the listing of {@code litestream ltx -json}. */
    private static final Pattern LISTED = Pattern.compile("""
            "level":\\s*(\\d+),\\s*\
            "min_txid":\\s*"([0-9a-f]{16})",\\s*\
            "max_txid":\\s*"([0-9a-f]{16})",\\s*\
            "size":\\s*(\\d+),\\s*\
            "timestamp":\\s*"([^"]+)\"""");

    public LitestreamReplica {
        environment = Map.copyOf(environment);
    }

    /** Returns the replica in a folder, which need not exist yet. */
    public static LitestreamReplica inFolder(Path folder) {
        return new LitestreamReplica("file://" + folder.toAbsolutePath(), Map.of());
    }

    /**
     * Lists all files.
     *
     * @return by level, then name; times have whole seconds, versions are empty
     */
    public List<LtxFile> files() throws IOException {
        String listing = run("ltx", "-json", "-level", "all", url).success();
        List<LtxFile> files = new ArrayList<>();
        Matcher matcher = LISTED.matcher(listing);
        while (matcher.find()) {
            LtxFileName name = new LtxFileName(
                    Txid.parse(matcher.group(2)).orElseThrow(),
                    Txid.parse(matcher.group(3)).orElseThrow());
            files.add(new LtxFile(
                    new Level(Integer.parseInt(matcher.group(1))),
                    name,
                    Long.parseLong(matcher.group(4)),
                    Instant.parse(matcher.group(5)),
                    ""));
        }
        return List.copyOf(files);
    }

    /** Returns the greatest transaction on any level, or {@link Txid#NONE} if there is no file. */
    public Txid newest() throws IOException {
        return files().stream().map(LtxFile::max).max(Txid::compareTo).orElse(Txid.NONE);
    }

    /**
     * Restores the newest state with {@code litestream restore}.
     *
     * @param target a file that does not exist yet
     * @throws AssertionError if that fails, with what the command wrote
     */
    public void restore(Path target) throws IOException {
        restore(target, List.of());
    }

    /**
     * Restores the state after one transaction. Fails for a transaction that no file ends at any more, as inside
     * a compacted file: the reference cannot reach it either.
     *
     * @param target a file that does not exist yet
     * @throws AssertionError if that fails, with what the command wrote
     */
    public void restore(Path target, Txid txid) throws IOException {
        restore(target, List.of("-txid", txid.toString()));
    }

    /**
     * Restores the state at a time.
     *
     * @param target a file that does not exist yet
     * @throws AssertionError if that fails, with what the command wrote
     */
    public void restore(Path target, Instant time) throws IOException {
        restore(target, List.of("-timestamp", time.toString()));
    }

    /** Returns the newest state as SQL text, as by the shell's {@code .dump}. */
    public String dump() throws IOException {
        return dump(List.of());
    }

    /** Returns the state after one transaction as SQL text; see {@link #restore(Path, Txid)} for what can be had. */
    public String dump(Txid txid) throws IOException {
        return dump(List.of("-txid", txid.toString()));
    }

    /** Returns the URL only: the environment may hold keys. */
    @Override
    public String toString() {
        return url;
    }

    private void restore(Path target, List<String> options) throws IOException {
        List<String> arguments = Stream.of(
                        List.of("restore", "-o", target.toAbsolutePath().toString()), options, List.of(url))
                .flatMap(List::stream)
                .toList();
        run(arguments.toArray(String[]::new)).success();
    }

    private String dump(List<String> options) throws IOException {
        Path folder = Files.createTempDirectory("restored-");
        try {
            Path database = folder.resolve("restored.db");
            restore(database, options);
            return Sqlite3Shell.readOnly(database).run(".dump").success();
        } finally {
            Folders.delete(folder);
        }
    }

    private ProcessOutput run(String... arguments) throws IOException {
        String litestream = Interop.require(Interop.Program.LITESTREAM).toString();
        List<String> command =
                Stream.concat(Stream.of(litestream), Stream.of(arguments)).toList();
        return ChildProcess.run(command, environment, TIMEOUT);
    }
}
