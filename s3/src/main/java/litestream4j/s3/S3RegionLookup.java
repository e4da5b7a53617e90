package litestream4j.s3;

import java.io.IOException;
import java.util.Optional;
import litestream4j.replica.Environment;

/** Finds the region of a bucket that no setting names. */
final class S3RegionLookup {
    /** The region that answers for buckets anywhere. */
    private static final String FIRST = "us-east-1";

    private static final int FORBIDDEN = 403;

    private final S3Configuration configuration;
    private final Environment environment;
    private final Http http;

    S3RegionLookup(S3Configuration configuration, Environment environment, Http http) {
        this.configuration = configuration;
        this.environment = environment;
        this.http = http;
    }

    /**
     * Asks for the bucket's location; if that is refused, the head of the bucket names the region even to those who
     * may not read it; if it does not, the environment's region, else {@code us-east-1}, is tried.
     */
    String find(S3CredentialsSource credentials) throws IOException {
        S3Connection connection = new S3Connection(configuration, FIRST, credentials, http);
        try {
            String location =
                    location(connection.document(S3Call.toBucket("GET").parameter("location", "")));
            if (location.isEmpty()) {
                return FIRST;
            }
            return location.equals("EU") ? "eu-west-1" : location; // The oldest buckets of Ireland say so.
        } catch (S3Error e) {
            return e.region() == null ? afterRefusal(connection, e) : e.region();
        }
    }

    private static String location(String document) throws S3Unusable {
        StringBuilder location = new StringBuilder();
        S3Xml.read(document, (_, name, text) -> {
            if (name.equals("LocationConstraint")) {
                location.append(text.strip());
            }
        });
        return location.toString();
    }

    private String afterRefusal(S3Connection connection, S3Error refusal) throws IOException {
        if (refusal.status() != FORBIDDEN) {
            throw refusal;
        }
        Optional<String> named = ofHead(connection);
        if (named.isPresent()) {
            return named.get();
        }
        String region = environment.get("AWS_REGION");
        if (region == null) {
            region = environment.get("AWS_DEFAULT_REGION");
        }
        return region == null ? FIRST : region;
    }

    private static Optional<String> ofHead(S3Connection connection) throws IOException {
        try (HttpResponse response = connection.send(S3Call.toBucket("HEAD"))) {
            return Optional.ofNullable(response.headers().get(S3Connection.REGION_HEADER))
                    .filter(region -> !region.isEmpty());
        } catch (S3Error e) {
            return Optional.ofNullable(e.region());
        }
    }
}
