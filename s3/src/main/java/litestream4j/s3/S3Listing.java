package litestream4j.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing.
 *
 * @param folders common prefixes
 * @param next token of the page that follows, or null
 */
record S3Listing(
        List<Entry> entries, List<String> folders, @Nullable String next) {
    /** @throws S3Unusable if the document is no listing */
    static S3Listing parse(String document) throws S3Unusable {
        Parser parser = new Parser();
        S3Xml.read(document, parser);
        return parser.listing();
    }

    /**
     * An object.
     *
     * @param modified in whole seconds
     * @param eTag as the store writes it, mostly in quotes; empty if it is not told
     */
    record Entry(String key, long size, Instant modified, String eTag) {}

    private static final class Parser implements S3Xml.Visitor {
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> folders = new ArrayList<>();
        private String root = "";
        private @Nullable String key;
        private @Nullable String size;
        private @Nullable String modified;
        private String eTag = "";
        private @Nullable String token;
        private boolean truncated;
        private boolean encoded;

        @Override
        public void element(String parent, String name, String text) throws S3Unusable {
            switch (parent) {
                case "" -> root = name;
                case "ListBucketResult" -> ofListing(name, text);
                case "Contents" -> ofObject(name, text);
                case "CommonPrefixes" -> {
                    if (name.equals("Prefix")) {
                        folders.add(text);
                    }
                }
                default -> {
                    // The owner of an object, and whatever stores may add.
                }
            }
        }

        private void ofListing(String name, String text) throws S3Unusable {
            switch (name) {
                case "Contents" -> entries.add(entry());
                case "IsTruncated" -> truncated = text.strip().equals("true");
                case "NextContinuationToken" -> token = text;
                case "EncodingType" -> encoded = text.strip().equals("url");
                default -> {
                    // What was asked for.
                }
            }
        }

        private void ofObject(String name, String text) {
            switch (name) {
                case "Key" -> key = text;
                case "Size" -> size = text.strip();
                case "LastModified" -> modified = text.strip();
                case "ETag" -> eTag = text.strip();
                default -> {
                    // Storage class, checksums.
                }
            }
        }

        private Entry entry() throws S3Unusable {
            String name = key;
            String length = size;
            if (name == null || length == null || !isNumber(length)) {
                throw new S3Unusable("invalid listing: an object without a name or a size", null);
            }
            Entry entry = new Entry(name, Long.parseLong(length), S3Times.ofListing(modified), eTag);
            key = null;
            size = null;
            modified = null;
            eTag = "";
            return entry;
        }

        S3Listing listing() throws S3Unusable {
            if (!root.equals("ListBucketResult")) {
                throw new S3Unusable("invalid listing: expected ListBucketResult, found " + root, null);
            }
            String next = truncated && token != null && !token.isEmpty() ? token : null;
            if (truncated && next == null) {
                throw new S3Unusable("invalid listing: cut off, without a token to go on with", null);
            }
            if (!encoded) {
                return new S3Listing(entries, folders, next);
            }
            try {
                return new S3Listing(
                        entries.stream()
                                .map(entry ->
                                        new Entry(decode(entry.key()), entry.size(), entry.modified(), entry.eTag()))
                                .toList(),
                        folders.stream().map(Parser::decode).toList(),
                        next);
            } catch (IllegalArgumentException e) {
                throw new S3Unusable("invalid listing: a key that is not percent-encoded", e);
            }
        }

        private static boolean isNumber(String text) {
            return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        }

        private static String decode(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }
}
