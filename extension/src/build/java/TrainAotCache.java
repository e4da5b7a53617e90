import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import litestream4j.testkit.ScriptedS3Server;
import litestream4j.testkit.TlsFront;

/**
 * Makes the caches that let the extension start in half the time: classes, as the JVM had them loaded and linked after
 * a host read a local replica and one in S3, over HTTP and HTTPS.
 *
 * <p>Usage: {@code TrainAotCache EXTENSION_FOLDER KEPT_CACHES [JAVA_HOME]}, with core, testkit and sqlite-jdbc on the
 * class path. There are two, for processes that begin with a folder and for all others: {@code
 * EXTENSION_FOLDER/lib/litestream-vfs-(local|remote)-<fingerprint of the jars>.aot}. Copies go to the folder
 * KEPT_CACHES: while they fit, nothing is trained. A cache fits one Java only, JAVA_HOME or else the one this runs on.
 *
 * <p>Exits with 1 and a line on standard error if there are none afterwards. The extension then works, slower.
 */
public final class TrainAotCache {
    /**
     * With profiles in the cache, a JVM compiles what the training ran often as soon as it starts, and takes the
     * processor for that from the open.
     */
    private static final String WITHOUT_PROFILES =
            "-XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining";

    /** Longer than from one poll to the next. */
    private static final int PAUSE_SECONDS = 2;

    private final Path extension;
    private final String java;
    private final Path scratch;
    private final Path credentials;
    private Path certificate = Path.of("");

    private TrainAotCache(Path extension, String java, Path scratch) throws IOException {
        this.extension = extension;
        this.java = java;
        this.scratch = scratch;
        this.credentials = Files.writeString(scratch.resolve("credentials"), """
                [default]
                aws_access_key_id = key
                aws_secret_access_key = secret
                """);
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        Path extension = Path.of(arguments[0]).toRealPath();
        Path kept = Path.of(arguments[1]).toAbsolutePath();
        String java = arguments.length > 2 ? arguments[2] : System.getProperty("java.home");
        Path scratch = Files.createTempDirectory("litestream-train-");
        int status = 0;
        try {
            new TrainAotCache(extension, java, scratch).make(kept);
        } catch (IllegalStateException e) {
            System.err.println("no AOT cache, the extension will start slower: " + e.getMessage());
            status = 1;
        } finally {
            try (Stream<Path> paths = Files.walk(scratch)) {
                paths.sorted((a, b) -> b.compareTo(a))
                        .forEach(path -> path.toFile().delete());
            }
        }
        System.exit(status);
    }

    private void make(Path keptCaches) throws Exception {
        Path replica = scratch.resolve("replica");
        TrainingReplica training = TrainingReplica.make(scratch);
        training.publish((level, name, content) -> {
            Path file = replica.resolve("ltx/%d/%s".formatted(level, name));
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        });
        try (ScriptedS3Server store = ScriptedS3Server.start("bucket");
                TlsFront front = TlsFront.before(store.endpoint().getPort(), scratch)) {
            training.publish((level, name, content) ->
                    store.put("replica/%04d/%s".formatted(level, name), content, Instant.now()));
            URI https = URI.create("https://127.0.0.1:" + front.port());
            String remote = "s3://bucket/replica?endpoint=%s&region=us-east-1&forcePathStyle=true";
            String local = "file://" + replica;
            certificate = front.certificate();
            // Each class in a cache takes its time at the start, wanted or not.
            make("local", List.of(local), keptCaches);
            make("remote", List.of(local, remote.formatted(store.endpoint()), remote.formatted(https)), keptCaches);
        }
    }

    private void make(String kind, List<String> urls, Path keptCaches) throws Exception {
        Path cache = extension.resolve("lib/litestream-vfs-%s-%016x.aot".formatted(kind, fingerprint()));
        Path kept = keptCaches.resolve("%s-%s.aot".formatted(kind, digest()));
        if (Files.exists(kept)) {
            Files.copy(kept, cache, StandardCopyOption.REPLACE_EXISTING);
            if (fits(cache, urls)) {
                return;
            }
        }
        Files.deleteIfExists(cache);
        Path fresh = scratch.resolve("fresh.aot");
        String output = host(WITHOUT_PROFILES + " -XX:AOTCacheOutput=" + fresh).query(urls, PAUSE_SECONDS);
        if (answers(output) != urls.size() || !Files.exists(fresh)) {
            throw new IllegalStateException(
                    "%d of %d replicas answered in training:%n%s".formatted(answers(output), urls.size(), output));
        }
        Files.move(fresh, cache, StandardCopyOption.REPLACE_EXISTING);
        if (!fits(cache, urls)) {
            Files.delete(cache);
            throw new IllegalStateException("the JVM does not take the one that was made");
        }
        Files.createDirectories(keptCaches);
        Files.copy(cache, kept, StandardCopyOption.REPLACE_EXISTING);
    }

    private static long answers(String output) {
        List<String> lines = output.lines().toList();
        return TrainingReplica.ANSWERS.values().stream()
                .mapToLong(answer -> lines.stream().filter(answer::equals).count())
                .min()
                .orElseThrow();
    }

    /** As the shim computes it (java_home.c): FNV-1a over names and sizes of the jars. */
    private long fingerprint() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path jar : jars()) {
            lines.append(jar.getFileName()).append(' ').append(Files.size(jar)).append('\n');
        }
        long hash = 0xCBF29CE484222325L;
        for (byte b : lines.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    /** Changes with whatever a cache depends on: the contents of the jars, and what was trained. */
    private String digest() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((WITHOUT_PROFILES + PAUSE_SECONDS + TrainingReplica.ANSWERS).getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(Path.of(java, "release")));
        digest.update(Files.readAllBytes(extension.resolve("litestream-vfs.so")));
        for (Path jar : jars()) {
            digest.update(Files.readAllBytes(jar));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(extension.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** With {@code AOTMode=on} a JVM does not start unless it can use the cache. */
    private boolean fits(Path cache, List<String> urls) throws Exception {
        return answers(host("-XX:AOTMode=on -XX:AOTCache=" + cache).query(urls, 0)) == urls.size();
    }

    private TrainingHost host(String jvmOptions) {
        TrainingHost host = new TrainingHost(extension.resolve("litestream-vfs.so"), java, jvmOptions, scratch);
        host.environment("AWS_CA_BUNDLE", certificate.toString());
        // Not in the environment: the SDK's chain, which finds them, takes most of an open where it is not trained.
        host.environment("AWS_SHARED_CREDENTIALS_FILE", credentials.toString());
        host.environment("AWS_CONFIG_FILE", "/dev/null"); // Whoever builds may have one, which says more.
        return host;
    }
}
