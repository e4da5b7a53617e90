package litestream4j.s3;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaUrl;
import org.jspecify.annotations.Nullable;

/**
 * What the host part of an S3 URL says. Some providers' host names hold bucket, region and endpoint in one.
 *
 * @param bucket name or access point ARN
 * @param region or null if the host does not say
 * @param endpoint of the provider, or null
 * @param pathStyle or null if the host does not say
 */
record S3Location(
        String bucket,
        @Nullable String region,
        @Nullable URI endpoint,
        @Nullable Boolean pathStyle) {
    private static final Pattern ACCESS_POINT =
            Pattern.compile("arn:aws[a-z-]*:s3:(?<region>[a-z0-9-]+):[0-9]+:accesspoint/[^/]+");
    private static final Pattern AWS =
            Pattern.compile("(?<bucket>.+)\\.s3(\\.(?<region>[a-z0-9-]+))?\\.amazonaws\\.com(\\.cn)?");
    private static final Pattern DIGITAL_OCEAN =
            Pattern.compile("(?<bucket>.+)\\.(?<region>[a-z0-9-]+)\\.digitaloceanspaces\\.com");
    private static final Pattern BACKBLAZE =
            Pattern.compile("(?<bucket>.+)\\.s3\\.(?<region>[a-z0-9-]+)\\.backblazeb2\\.com");
    private static final Pattern FILEBASE = Pattern.compile("(?<bucket>.+)\\.s3\\.filebase\\.com");
    private static final Pattern SCALEWAY = Pattern.compile("(?<bucket>.+)\\.s3\\.(?<region>[a-z0-9-]+)\\.scw\\.cloud");

    /** @throws ReplicaException.Denied if there is no bucket in it */
    static S3Location of(ReplicaUrl url) throws ReplicaException.Denied {
        String host = url.host();
        if (host.startsWith("arn:")) {
            return accessPoint(host);
        }
        if (url.port() >= 0) {
            return hostAndPort(host, url.port());
        }
        Matcher matcher = AWS.matcher(host);
        if (matcher.matches()) {
            return new S3Location(matcher.group("bucket"), matcher.group("region"), null, null);
        }
        matcher = DIGITAL_OCEAN.matcher(host);
        if (matcher.matches()) {
            return provider(matcher, "%s.digitaloceanspaces.com", false);
        }
        matcher = BACKBLAZE.matcher(host);
        if (matcher.matches()) {
            return provider(matcher, "s3.%s.backblazeb2.com", true);
        }
        matcher = SCALEWAY.matcher(host);
        if (matcher.matches()) {
            return provider(matcher, "s3.%s.scw.cloud", false);
        }
        matcher = FILEBASE.matcher(host);
        if (matcher.matches()) {
            return new S3Location(matcher.group("bucket"), null, URI.create("https://s3.filebase.com"), null);
        }
        return new S3Location(host, null, null, null);
    }

    private static S3Location provider(Matcher matcher, String endpointHost, boolean pathStyle) {
        String region = matcher.group("region");
        URI endpoint = URI.create("https://" + endpointHost.formatted(region));
        return new S3Location(matcher.group("bucket"), region, endpoint, pathStyle);
    }

    private static S3Location accessPoint(String arn) throws ReplicaException.Denied {
        Matcher matcher = ACCESS_POINT.matcher(arn);
        if (!matcher.matches()) {
            throw new ReplicaException.Denied(
                    "invalid s3 access point arn: expected arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, found " + arn);
        }
        return new S3Location(arn, matcher.group("region"), null, null);
    }

    /** {@code BUCKET.HOST:PORT}, the form for servers of one's own. */
    private static S3Location hostAndPort(String host, int port) throws ReplicaException.Denied {
        int dot = host.indexOf('.');
        boolean address = S3Endpoint.isAddress(host);
        if (dot < 0 || address || host.endsWith(".com")) {
            throw new ReplicaException.Denied(
                    "bucket required for s3 replica URL: \"%s:%d\" names none; write s3://BUCKET/PATH?endpoint=%s:%d"
                            .formatted(host, port, host, port));
        }
        URI endpoint = S3Endpoint.parse("http://" + host.substring(dot + 1) + ":" + port);
        return new S3Location(host.substring(0, dot), "us-east-1", endpoint, true);
    }
}
