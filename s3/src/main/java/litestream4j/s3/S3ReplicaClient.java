package litestream4j.s3;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a replica in a bucket: {@code ROOT/LLLL/NAME}. A file's version is its ETag, which every read of a range
 * demands; its time is LastModified in whole seconds, for more is not told outside of listings.
 */
final class S3ReplicaClient implements ReplicaClient {
    private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{16}/");
    private static final Comparator<LtxFile> BY_LEVEL =
            Comparator.comparing(LtxFile::level).thenComparing(LtxFile.BY_NAME);

    private final String displayUrl;
    private final S3Session session;
    private final S3Configuration configuration;
    private final S3Keys keys;

    S3ReplicaClient(String displayUrl, S3Session session) {
        this.displayUrl = displayUrl;
        this.session = session;
        this.configuration = session.configuration();
        this.keys = S3Keys.of(configuration.prefix());
    }

    @Override
    public String displayUrl() {
        return displayUrl;
    }

    @Override
    public List<LtxFile> list(Level level, Txid from) throws ReplicaException {
        boolean all = from.equals(Txid.NONE) || !configuration.listsInOrder();
        List<LtxFile> files = new ArrayList<>();
        scan(level.toString(), keys.folder(level), all ? null : keys.before(level, from), page -> {
            collect(page, files);
            return false;
        });
        files.removeIf(file -> file.level().compareTo(level) != 0 || file.min().isBefore(from));
        files.sort(LtxFile.BY_NAME);
        return files;
    }

    /** One listing of everything: keys come in order, so that level 0 is first and 9 last. */
    @Override
    public List<LtxFile> listAll() throws ReplicaException {
        List<LtxFile> files = new ArrayList<>();
        boolean ordered = configuration.listsInOrder();
        String after = ordered && !keys.root().isEmpty() ? keys.root() : null;
        scan("its levels", keys.root(), after, page -> {
            collect(page, files);
            return ordered
                    && !page.isEmpty()
                    && keys.isPastLevels(page.getLast().key());
        });
        files.sort(BY_LEVEL);
        return files;
    }

    @Override
    public LtxObject read(LtxFile file, long offset, long length) throws ReplicaException {
        Objects.checkFromIndexSize(offset, length, file.size());
        String label = displayUrl + ": " + file.label();
        S3Call call = get(file.level(), file.name())
                .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
                .header("If-Match", file.version().isEmpty() ? null : file.version());
        HttpResponse response = send(call, file.level(), file.name());
        boolean accepted = false;
        try {
            long skip = skipFor(response, file, offset, label);
            accepted = true;
            return new LtxObject(file, new S3Body(response.body(), label, skip, length, null));
        } finally {
            if (!accepted) {
                response.close();
            }
        }
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        boolean checked = configuration.endpoint() == null;
        HttpResponse response;
        try {
            response = send(get(level, name).header("x-amz-checksum-mode", checked ? "ENABLED" : null), level, name);
        } catch (ReplicaException.NotFound _) {
            return Optional.empty();
        }
        long size = response.body().length();
        if (size < 0) {
            response.close();
            throw new ReplicaException.Unavailable(
                    "%s: cannot read %s/%s: the store does not tell its size".formatted(displayUrl, level, name));
        }
        HttpHeaders headers = response.headers();
        LtxFile file = file(level, name, size, S3Times.ofHeader(headers.get("Last-Modified")), headers.get("ETag"));
        S3Checksum checksum = checked ? S3Checksum.of(headers) : null;
        String label = displayUrl + ": " + file.label();
        return Optional.of(new LtxObject(file, new S3Body(response.body(), label, 0, size, checksum)));
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        String folder = keys.generations();
        S3Listing page = list("generations", listing(folder).parameter("delimiter", "/"));
        return page.folders().stream()
                .filter(prefix -> prefix.startsWith(folder))
                .map(prefix -> prefix.substring(folder.length()))
                .filter(name -> GENERATION.matcher(name).matches())
                .map(name -> name.substring(0, name.length() - 1))
                .findFirst();
    }

    @Override
    public void close() {
        session.close();
    }

    /** Lists page by page, until the last or until a page says that it is enough. */
    private void scan(String what, String prefix, @Nullable String after, PageVisitor visitor) throws ReplicaException {
        String token = null;
        do {
            S3Listing page = list(
                    what,
                    token == null
                            ? listing(prefix).parameter("start-after", after)
                            : listing(prefix).parameter("continuation-token", token));
            boolean enough = visitor.visit(page.entries());
            token = enough ? null : page.next();
        } while (token != null);
    }

    private static S3Call listing(String prefix) {
        return S3Call.toBucket("GET").parameter("list-type", "2").parameter("prefix", prefix);
    }

    private S3Listing list(String what, S3Call call) throws ReplicaException {
        return session.call(displayUrl + ": cannot list " + what, "s3:ListBucket", s3 -> s3.list(call));
    }

    private void collect(List<S3Listing.Entry> page, List<LtxFile> files) {
        for (S3Listing.Entry object : page) {
            keys.parse(object.key())
                    .ifPresent(place -> files.add(
                            file(place.level(), place.name(), object.size(), object.modified(), object.eTag())));
        }
    }

    private S3Call get(Level level, LtxFileName name) {
        S3Call call = S3Call.toObject("GET", keys.object(level, name));
        SseCustomerKey key = configuration.customerKey();
        return key == null ? call : key.addTo(call);
    }

    private HttpResponse send(S3Call call, Level level, LtxFileName name) throws ReplicaException {
        return session.call(
                displayUrl + ": cannot read " + level + "/" + name,
                "s3:GetObject (and s3:ListBucket, without which a missing object is refused as well)",
                s3 -> s3.send(call));
    }

    /** Returns how many bytes lead the answer that were not asked for: stores may send the whole object. */
    private static long skipFor(HttpResponse response, LtxFile file, long offset, String label)
            throws ReplicaException {
        String range = response.headers().get("Content-Range");
        long told = range == null ? response.body().length() : sizeIn(range);
        long size = told < 0 ? file.size() : told; // Bodies in chunks come without a length.
        if (size != file.size()) {
            throw new ReplicaException.NotFound(
                    "%s was replaced: expected %d bytes, found %d".formatted(label, file.size(), size));
        }
        if (range == null) {
            return offset;
        }
        if (!range.startsWith("bytes " + offset + "-")) {
            throw new ReplicaException.Unavailable(
                    "%s: the store sent another range: expected bytes from %d on, found %s"
                            .formatted(label, offset, range));
        }
        return 0;
    }

    /** Reads the object's size from {@code bytes a-b/size}; -1 for a star, which means that it is not told. */
    private static long sizeIn(String range) {
        String size = range.substring(range.indexOf('/') + 1);
        boolean told = !size.isEmpty() && size.length() <= 18 && size.chars().allMatch(c -> c >= '0' && c <= '9');
        return told ? Long.parseLong(size) : -1;
    }

    private static LtxFile file(Level level, LtxFileName name, long size, Instant modified, @Nullable String eTag) {
        // Some stores leave the quotes out in listings; conditions need them.
        String version = eTag == null || eTag.isEmpty() || eTag.endsWith("\"") ? eTag : '"' + eTag + '"';
        return new LtxFile(level, name, size, modified, version == null ? "" : version);
    }

    /** Takes a page of a listing; true to end the listing. */
    @FunctionalInterface
    private interface PageVisitor {
        boolean visit(List<S3Listing.Entry> page);
    }
}
