package litestream4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The sample replicas made by the reference implementation and by an independent encoder, with the values they
 * must give. They are looked for in the folder that the system property {@code litestream4j.golden} or the
 * variable {@code LITESTREAM4J_GOLDEN} names, else in {@code shared/golden} in or next to the project.
 * Tests that need them are skipped, and say so, where they are not found.
 */
public final class GoldenReplicas {
    private static final Path ROOT_FROM_HERE = Path.of("shared", "golden");

    private static final List<String> DAEMON_REPLICAS = List.of("daemon-512", "daemon-4096-autovacuum", "daemon-65536");

    private final Path root;

    private GoldenReplicas(Path root) {
        this.root = root;
    }

    /** Finds the samples, or ends the calling test as skipped. */
    public static GoldenReplicas orSkip() {
        Optional<Path> root = find();
        if (root.isEmpty()) {
            String message = "SKIPPED: no golden LTX files; name their folder with -Dlitestream4j.golden=<folder>";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return new GoldenReplicas(root.orElseThrow());
    }

    private static Optional<Path> find() {
        String named = System.getProperty("litestream4j.golden", System.getenv("LITESTREAM4J_GOLDEN"));
        if (named != null) {
            return Optional.of(Path.of(named)).filter(GoldenReplicas::isGolden);
        }
        return Stream.<Path>iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                .map(folder -> folder.resolve(ROOT_FROM_HERE))
                .filter(GoldenReplicas::isGolden)
                .findFirst();
    }

    private static boolean isGolden(Path folder) {
        return Files.isRegularFile(folder.resolve("expected.json"));
    }

    /** Returns the folder of all samples. */
    public Path root() {
        return root;
    }

    /** Returns the replicas for which every value of every file is known. */
    public List<Replica> replicas() {
        return new Json.Node(root.resolve("expected.json"))
                .fields().entrySet().stream()
                        .map(e -> replica(e.getKey(), e.getValue()))
                        .toList();
    }

    /** Returns one of {@link #replicas}. */
    public Replica replica(String name) {
        return replicas().stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow();
    }

    /** Returns the replicas that a real primary wrote under load. */
    public List<DaemonReplica> daemonReplicas() {
        return DAEMON_REPLICAS.stream().map(this::daemonReplica).toList();
    }

    /** Returns all LTX files below a folder of the samples, in the order of their paths. */
    public List<Path> ltxFiles(String folder) {
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(p -> p.toString().endsWith(".ltx")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Replica replica(String name, Json.Node node) {
        return new Replica(
                name,
                root.resolve(name),
                node.get("files").items().stream().map(this::file).toList(),
                node.get("latestPlan").items().stream()
                        .map(path -> root.resolve(path.text()))
                        .toList(),
                node.get("states").items().stream().map(GoldenReplicas::state).toList());
    }

    private GoldenFile file(Json.Node node) {
        return new GoldenFile(
                root.resolve(node.get("path").text()),
                node.get("size").number(),
                node.get("sha256").text(),
                (int) node.get("flags").number(),
                (int) node.get("pageSize").number(),
                node.get("commit").number(),
                txid(node.get("minTXID")),
                txid(node.get("maxTXID")),
                node.get("timestampMillis").number(),
                checksum(node.get("preApplyChecksum")),
                checksum(node.get("postApplyChecksum")),
                checksum(node.get("fileChecksum")),
                node.get("pages").items().stream().map(GoldenReplicas::frame).toList(),
                node.get("pageChecksums").items().stream()
                        .map(GoldenReplicas::checksum)
                        .toList());
    }

    private static Frame frame(Json.Node node) {
        List<Json.Node> items = node.items();
        return new Frame(
                items.get(0).number(), items.get(1).number(), (int) items.get(2).number());
    }

    private static State state(Json.Node node) {
        return new State(
                txid(node.get("txid")),
                node.get("pageCount").number(),
                node.get("sha256").text(),
                checksum(node.get("databaseChecksum")));
    }

    private DaemonReplica daemonReplica(String name) {
        Path folder = root.resolve(name);
        Json.Node node = new Json.Node(folder.resolve("expected.json"));
        TreeMap<Txid, Point> points = new TreeMap<>();
        node.get("points")
                .fields()
                .forEach((txid, p) -> points.put(
                        new Txid(Long.parseLong(txid)),
                        new Point(
                                p.get("pages").number(),
                                p.get("image_sha256").text(),
                                p.get("rows_in_a").number())));
        TreeMap<String, Long> timestamps = new TreeMap<>();
        node.get("files")
                .fields()
                .forEach((path, f) ->
                        timestamps.put(path, f.get("timestampMillis").number()));
        return new DaemonReplica(
                name,
                folder,
                (int) node.get("page_size").number(),
                new Txid(node.get("latest_txid").number()),
                node.get("reachable_by_txid_from_ltx").items().stream()
                        .map(n -> new Txid(n.number()))
                        .toList(),
                points,
                timestamps);
    }

    private static Txid txid(Json.Node node) {
        return Txid.parse(node.text()).orElseThrow();
    }

    private static long checksum(Json.Node node) {
        return Long.parseUnsignedLong(node.text(), 16);
    }

    /**
     * A replica of which all is known.
     *
     * @param folder holds {@code ltx/<level>/<name>}
     * @param latestPlan the files that give the newest state, in order
     * @param states what the database is at each transaction that can be reached
     */
    public record Replica(String name, Path folder, List<GoldenFile> files, List<Path> latestPlan, List<State> states) {
        /** Returns the newest state. */
        public State latest() {
            return states.getLast();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** What one file must hold. */
    public record GoldenFile(
            Path path,
            long bytes,
            String sha256,
            int flags,
            int pageBytes,
            long commitPages,
            Txid min,
            Txid max,
            long timestampMillis,
            long preApplyChecksum,
            long postApplyChecksum,
            long fileChecksum,
            List<Frame> frames,
            List<Long> pageChecksums) {}

    /** Where a page lies in its file. */
    public record Frame(long pgno, long offset, int bytes) {}

    /** The whole database after a transaction, as the files have it: page 1 is not rewritten. */
    public record State(Txid txid, long pages, String sha256, long checksum) {}

    /**
     * The replica that a real primary left behind.
     *
     * @param folder holds {@code ltx/<level>/<name>}, the last state of the replica, and {@code all/<level>-<name>},
     *     every file that ever was in it
     * @param reachable the transactions for which the last state has all files
     * @param points samples of history
     * @param timestampMillis of each file, by its path in the folder
     */
    public record DaemonReplica(
            String name,
            Path folder,
            int pageBytes,
            Txid latest,
            List<Txid> reachable,
            Map<Txid, Point> points,
            Map<String, Long> timestampMillis) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The database at one point of history. */
    public record Point(long pages, String imageSha256, long rowsInA) {}

    /** The little of JSON that the expectations need: no escapes in texts, no fractions. */
    private static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        private record Node(@Nullable Object value) {
            Node(Path file) {
                this(new Json(read(file)).value().value);
            }

            Node get(String field) {
                return Optional.ofNullable(fields().get(field)).orElseThrow();
            }

            @SuppressWarnings("unchecked")
            Map<String, Node> fields() {
                return (Map<String, Node>) Optional.ofNullable(value).orElseThrow();
            }

            @SuppressWarnings("unchecked")
            List<Node> items() {
                return (List<Node>) Optional.ofNullable(value).orElseThrow();
            }

            String text() {
                return (String) Optional.ofNullable(value).orElseThrow();
            }

            long number() {
                return (Long) Optional.ofNullable(value).orElseThrow();
            }

            private static String read(Path file) {
                try {
                    return Files.readString(file, StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private Node value() {
            return new Node(
                    switch (peek()) {
                        case '{' -> object();
                        case '[' -> array();
                        case '"' -> string();
                        default -> literal();
                    });
        }

        private Map<String, Node> object() {
            // Sorted, so that a failure comes in the same order every time.
            Map<String, Node> fields = new TreeMap<>();
            at++;
            while (peek() != '}') {
                peek();
                String name = string();
                if (peek() == ':') {
                    at++;
                }
                fields.put(name, value());
                if (peek() == ',') {
                    at++;
                }
            }
            at++;
            return fields;
        }

        private List<Node> array() {
            List<Node> items = new ArrayList<>();
            at++;
            while (peek() != ']') {
                items.add(value());
                if (peek() == ',') {
                    at++;
                }
            }
            at++;
            return items;
        }

        private String string() {
            int end = text.indexOf('"', at + 1);
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private @Nullable Object literal() {
            int from = at;
            while (at < text.length() && ",]}\n ".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String literal = text.substring(from, at);
            return switch (literal) {
                case "null" -> null;
                case "true", "false" -> Boolean.valueOf(literal);
                default -> Long.valueOf(literal);
            };
        }

        private char peek() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }
    }
}
