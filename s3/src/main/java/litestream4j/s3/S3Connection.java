package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signed requests to a bucket, as one of its region and with credentials from one source.
 *
 * <p>Safe for use by many threads.
 */
final class S3Connection {
    /** In which stores name the region of a bucket that lies elsewhere. */
    static final String REGION_HEADER = "x-amz-bucket-region";

    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,63}");
    private static final int ERROR_BYTES_MAX = 64 * 1024;
    private static final int DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
    private static final int HASH_BUFFER_BYTES = 64 * 1024;
    private static final String USER_AGENT = "litestream4j";
    private static final int REDIRECTED = 300;

    private final S3Configuration configuration;
    private final S3CredentialsSource credentials;
    private final Http http;
    private final S3Address address;
    private final S3Signer signer;

    /** @throws S3Unusable if the region cannot be the name of one */
    S3Connection(S3Configuration configuration, String region, S3CredentialsSource credentials, Http http)
            throws S3Unusable {
        if (!isRegion(region)) {
            throw new S3Unusable("invalid region: expected letters, digits and hyphens, as in eu-west-1", null);
        }
        this.configuration = configuration;
        this.credentials = credentials;
        this.http = http;
        this.address = S3Address.of(configuration, region);
        this.signer = new S3Signer(address.region(), address.service());
    }

    S3CredentialsSource credentials() {
        return credentials;
    }

    String region() {
        return address.region();
    }

    /**
     * Sends a request.
     *
     * @return the answer of a request that was granted; to be closed
     * @throws S3Error if it was not
     */
    HttpResponse send(S3Call call) throws IOException {
        HttpResponse response = http.call(signed(call));
        if (response.status() < REDIRECTED) {
            return response;
        }
        try (response) {
            throw error(response);
        }
    }

    /** Sends a request whose answer is a document. */
    String document(S3Call call) throws IOException {
        try (HttpResponse response = send(call)) {
            return text(response.body(), DOCUMENT_BYTES_MAX);
        }
    }

    S3Listing list(S3Call call) throws IOException {
        return S3Listing.parse(document(call));
    }

    static boolean isRegion(String name) {
        return REGION.matcher(name).matches();
    }

    private HttpRequest signed(S3Call call) throws IOException {
        Path content = call.content();
        String path = call.path(address.basePath());
        String query = call.query();
        String payload = !configuration.signPayload()
                ? S3Signer.UNSIGNED
                : content == null ? S3Signer.EMPTY_HASH : hash(content);
        try {
            HttpHeaders headers = call.headers();
            if (configuration.asksForConsistency()) {
                headers.add("X-Tigris-Consistent", "true");
            }
            signer.sign(
                    headers,
                    call.method(),
                    address.origin().authority(),
                    path,
                    query,
                    payload,
                    current(),
                    Instant.now());
            headers.add("User-Agent", USER_AGENT);
            String target = query.isEmpty() ? path : path + "?" + query;
            return new HttpRequest(
                    call.method(),
                    address.origin(),
                    target,
                    headers,
                    content,
                    content == null ? 0 : Files.size(content));
        } catch (IllegalArgumentException e) {
            throw new S3Unusable(String.valueOf(e.getMessage()), e);
        }
    }

    private S3Credentials current() throws IOException {
        try {
            return credentials.get();
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("the credentials cannot be renewed: " + e.getMessage(), e);
        }
    }

    private static String hash(Path content) throws IOException {
        MessageDigest digest = S3Text.sha256();
        byte[] buffer = new byte[HASH_BUFFER_BYTES];
        try (InputStream file = Files.newInputStream(content)) {
            for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static S3Error error(HttpResponse response) throws IOException {
        ErrorParser found = new ErrorParser();
        try {
            S3Xml.read(text(response.body(), ERROR_BYTES_MAX), found);
        } catch (InterruptedIOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
        } catch (IOException _) {
            // A page of a proxy, or no document: the status says what can be said.
        }
        String region = response.headers().get(REGION_HEADER);
        if (region == null) {
            region = found.region;
        }
        return new S3Error(response.status(), found.code, region != null && isRegion(region) ? region : null);
    }

    private static String text(InputStream body, int bytesMax) throws IOException {
        byte[] bytes = body.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) {
            throw new S3Unusable("an answer of more than %d bytes where a document belongs".formatted(bytesMax), null);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class ErrorParser implements S3Xml.Visitor {
        private String code = "";
        private @Nullable String region;

        @Override
        public void element(String parent, String name, String text) {
            if (parent.equals("Error") && name.equals("Code")) {
                code = text.strip();
            } else if (parent.equals("Error") && name.equals("Region")) {
                region = text.strip();
            }
        }
    }
}
