package litestream4j.s3;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Providers whose stores differ from Amazon's, known by the endpoint's host. */
enum S3Vendor {
    TIGRIS,
    HETZNER,
    DIGITAL_OCEAN,
    BACKBLAZE,
    FILEBASE,
    SCALEWAY,
    CLOUDFLARE,
    SUPABASE,
    GOOGLE,
    /** A server of one's own, as MinIO. */
    OTHER;

    static S3Vendor of(URI endpoint) {
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        if (List.of("fly.storage.tigris.dev", "t3.storage.dev").contains(host)) {
            return TIGRIS;
        }
        if (host.endsWith(".your-objectstorage.com")) {
            return HETZNER;
        }
        if (host.endsWith(".digitaloceanspaces.com")) {
            return DIGITAL_OCEAN;
        }
        if (host.endsWith(".backblazeb2.com")) {
            return BACKBLAZE;
        }
        if (host.equals("s3.filebase.com")) {
            return FILEBASE;
        }
        if (host.endsWith(".scw.cloud")) {
            return SCALEWAY;
        }
        if (host.endsWith(".r2.cloudflarestorage.com")) {
            return CLOUDFLARE;
        }
        if (host.endsWith(".supabase.co")) {
            return SUPABASE;
        }
        boolean google = host.endsWith(".googleapis.com")
                && Arrays.asList(host.split("\\.", 2)[0].split("-", -1)).contains("storage");
        return google ? GOOGLE : OTHER;
    }

    /** Tells whether the bucket's name belongs into the path when no setting says so. */
    static boolean wantsPathStyle(URI endpoint) {
        return switch (of(endpoint)) {
            case BACKBLAZE, FILEBASE, SUPABASE -> true;
            case TIGRIS, HETZNER, DIGITAL_OCEAN, SCALEWAY, CLOUDFLARE, GOOGLE -> false;
            case OTHER -> {
                String host = endpoint.getHost();
                yield endpoint.getPort() >= 0 || S3Endpoint.isAddress(host) || host.equalsIgnoreCase("localhost");
            }
        };
    }
}
