package litestream4j.s3;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

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
        ResponseInputStream<GetObjectResponse> response = get(file.level(), file.name(), request -> {
            request.range("bytes=%d-%d".formatted(offset, offset + length - 1));
            if (!file.version().isEmpty()) {
                request.ifMatch(file.version());
            }
        });
        boolean accepted = false;
        try {
            long skip = skipFor(response.response(), file, offset, label);
            accepted = true;
            return new LtxObject(file, new S3Body(response, label, skip, length));
        } finally {
            if (!accepted) {
                response.abort();
            }
        }
    }

    @Override
    public Optional<LtxObject> find(Level level, LtxFileName name) throws ReplicaException {
        ResponseInputStream<GetObjectResponse> response;
        try {
            response = get(level, name, _ -> {});
        } catch (ReplicaException.NotFound _) {
            return Optional.empty();
        }
        GetObjectResponse head = response.response();
        LtxFile file = file(level, name, head.contentLength(), head.lastModified(), head.eTag());
        return Optional.of(new LtxObject(file, new S3Body(response, displayUrl + ": " + file.label(), 0, file.size())));
    }

    @Override
    public Optional<String> findLegacyGeneration() throws ReplicaException {
        String folder = keys.generations();
        ListObjectsV2Response page = session.call(
                displayUrl + ": cannot list generations",
                "s3:ListBucket",
                s3 -> s3.listObjectsV2(request ->
                        request.bucket(configuration.bucket()).prefix(folder).delimiter("/")));
        return page.commonPrefixes().stream()
                .map(CommonPrefix::prefix)
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
            ListObjectsV2Request.Builder request = ListObjectsV2Request.builder()
                    .bucket(configuration.bucket())
                    .prefix(prefix);
            if (token == null) {
                request.startAfter(after);
            } else {
                request.continuationToken(token);
            }
            ListObjectsV2Response page = session.call(
                    displayUrl + ": cannot list " + what, "s3:ListBucket", s3 -> s3.listObjectsV2(request.build()));
            boolean enough = visitor.visit(page.contents());
            token = enough || !Boolean.TRUE.equals(page.isTruncated()) ? null : page.nextContinuationToken();
        } while (token != null);
    }

    private void collect(List<S3Object> page, List<LtxFile> files) {
        for (S3Object object : page) {
            keys.parse(object.key())
                    .ifPresent(place -> files.add(
                            file(place.level(), place.name(), object.size(), object.lastModified(), object.eTag())));
        }
    }

    private ResponseInputStream<GetObjectResponse> get(
            Level level, LtxFileName name, Consumer<GetObjectRequest.Builder> part) throws ReplicaException {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(configuration.bucket()).key(keys.object(level, name));
        part.accept(request);
        SseCustomerKey key = configuration.customerKey();
        if (key != null) {
            request.sseCustomerAlgorithm(SseCustomerKey.ALGORITHM)
                    .sseCustomerKey(key.key())
                    .sseCustomerKeyMD5(key.md5());
        }
        return session.call(
                "%s: cannot read %s/%s".formatted(displayUrl, level, name),
                "s3:GetObject (and s3:ListBucket, without which a missing object is refused as well)",
                s3 -> s3.getObject(request.build(), ResponseTransformer.toInputStream()));
    }

    /** Returns how many bytes lead the answer that were not asked for: stores may send the whole object. */
    private static long skipFor(GetObjectResponse response, LtxFile file, long offset, String label)
            throws ReplicaException {
        String range = response.contentRange();
        boolean whole = range == null;
        long size = whole ? response.contentLength() : sizeIn(range, file.size());
        if (size != file.size()) {
            throw new ReplicaException.NotFound(
                    "%s was replaced: expected %d bytes, found %d".formatted(label, file.size(), size));
        }
        if (!whole && !range.startsWith("bytes " + offset + "-")) {
            throw new ReplicaException.Unavailable(
                    "%s: the store sent another range: expected bytes from %d on, found %s"
                            .formatted(label, offset, range));
        }
        return whole ? offset : 0;
    }

    /** Reads the object's size from {@code bytes a-b/size}; a star means that it is not told. */
    private static long sizeIn(String range, long sizeExpected) {
        String size = range.substring(range.indexOf('/') + 1);
        boolean told = !size.isEmpty() && size.length() <= 18 && size.chars().allMatch(c -> c >= '0' && c <= '9');
        return told ? Long.parseLong(size) : sizeExpected;
    }

    private static LtxFile file(
            Level level, LtxFileName name, Long size, @Nullable Instant modified, @Nullable String eTag) {
        Instant time = modified == null ? Instant.EPOCH : modified.truncatedTo(ChronoUnit.SECONDS);
        // Some stores leave the quotes out in listings; conditions need them.
        String version = eTag == null || eTag.isEmpty() || eTag.endsWith("\"") ? eTag : '"' + eTag + '"';
        return new LtxFile(level, name, size, time, version == null ? "" : version);
    }

    /** Takes a page of a listing; true to end the listing. */
    @FunctionalInterface
    private interface PageVisitor {
        boolean visit(List<S3Object> page);
    }
}
