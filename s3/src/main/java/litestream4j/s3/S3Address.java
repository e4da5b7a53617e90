package litestream4j.s3;

import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a bucket is reached.
 *
 * @param basePath encoded path in front of the key, with the bucket's name if that is not in the host; without a slash
 *     at its end
 * @param region that requests are signed for
 * @param service that requests are signed for
 */
record S3Address(HttpOrigin origin, String basePath, String region, String service) {
    private static final String S3 = "s3";

    private static final Pattern ACCESS_POINT =
            Pattern.compile("arn:aws[a-z-]*:s3:(?<region>[a-z0-9-]+):(?<account>[0-9]+):accesspoint/(?<name>[^/]+)");
    private static final Pattern DIRECTORY_BUCKET = Pattern.compile(".+--(?<zone>[a-z0-9-]+)--x-s3");
    private static final Pattern HOST_LABELS =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    /** Amazon's domains outside of the common partition, by what regions begin with. */
    private static final List<String[]> DOMAINS = List.of(
            new String[] {"cn-", "amazonaws.com.cn"},
            new String[] {"us-iso-", "c2s.ic.gov"},
            new String[] {"us-isob-", "sc2s.sgov.gov"},
            new String[] {"eu-isoe-", "cloud.adc-e.uk"},
            new String[] {"us-isof-", "csp.hci.ic.gov"},
            new String[] {"eusc-", "amazonaws.eu"});

    static S3Address of(S3Configuration configuration, String region) {
        Matcher accessPoint = ACCESS_POINT.matcher(configuration.bucket());
        if (accessPoint.matches()) {
            return ofAccessPoint(configuration, accessPoint);
        }
        Matcher directory = DIRECTORY_BUCKET.matcher(configuration.bucket());
        if (configuration.endpoint() == null && directory.matches()) {
            // Signed like any other request: sessions, made for these buckets, save their store a look at the policies.
            String zone = directory.group("zone");
            String host = "%s.s3express-%s.%s.%s".formatted(configuration.bucket(), zone, region, domain(region));
            return new S3Address(HttpOrigin.of("https", host, -1), "", region, "s3express");
        }
        URI endpoint = endpoint(configuration, region);
        String bucket = configuration.bucket();
        boolean secure = endpoint.getScheme().equals("https");
        // A certificate for *.HOST does not hold for a bucket with dots in its name.
        boolean inHost = !configuration.pathStyle()
                && !S3Endpoint.isAddress(endpoint.getHost())
                && isHostName(bucket)
                && !(secure && bucket.contains("."));
        String host = inHost ? bucket + "." + endpoint.getHost() : endpoint.getHost();
        String path = endpoint.getRawPath() + (inHost ? "" : "/" + S3Text.encode(bucket, false));
        return new S3Address(HttpOrigin.of(endpoint.getScheme(), host, endpoint.getPort()), path, region, S3);
    }

    private static S3Address ofAccessPoint(S3Configuration configuration, Matcher arn) {
        String region = arn.group("region");
        URI endpoint = configuration.endpoint();
        String name = arn.group("name") + "-" + arn.group("account");
        if (endpoint == null) {
            String host = "%s.s3-accesspoint.%s.%s".formatted(name, region, domain(region));
            return new S3Address(HttpOrigin.of("https", host, -1), "", region, S3);
        }
        HttpOrigin origin = HttpOrigin.of(endpoint.getScheme(), name + "." + endpoint.getHost(), endpoint.getPort());
        return new S3Address(origin, endpoint.getRawPath(), region, S3);
    }

    private static URI endpoint(S3Configuration configuration, String region) {
        if (configuration.endpoint() != null) {
            return configuration.endpoint();
        }
        // The oldest region has the name that stands for all of them.
        String host = region.equals("us-east-1") ? "s3.amazonaws.com" : "s3." + region + "." + domain(region);
        return URI.create("https://" + host);
    }

    private static String domain(String region) {
        for (String[] domain : DOMAINS) {
            if (region.startsWith(domain[0])) {
                return domain[1];
            }
        }
        return "amazonaws.com";
    }

    private static boolean isHostName(String bucket) {
        return bucket.length() >= 3
                && bucket.length() <= 63
                && HOST_LABELS.matcher(bucket).matches()
                && !S3Endpoint.isAddress(bucket);
    }
}
