package litestream4j.s3;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import litestream4j.ltx.LtxFileName;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaException;
import litestream4j.replica.ReplicaWriter;

/**
 * Adds files to a replica in a bucket, each in one request that does not replace. Files of up to 5 GiB, the bound of
 * such a request.
 */
final class S3ReplicaWriter implements ReplicaWriter {
    /** Where primaries keep the time of a file's last transaction: RFC 3339, zeros at the end of the fraction cut. */
    static final String TIMESTAMP = "litestream-timestamp";

    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private final String displayUrl;
    private final S3Session session;
    private final S3Configuration configuration;
    private final S3Keys keys;

    S3ReplicaWriter(String displayUrl, S3Session session) {
        this.displayUrl = displayUrl;
        this.session = session;
        this.configuration = session.configuration();
        this.keys = S3Keys.of(configuration.prefix());
    }

    @Override
    public void create(Level level, LtxFileName name, Path content, long timestampMillis) throws ReplicaException {
        S3Call call = S3Call.toObject("PUT", keys.object(level, name))
                .content(content)
                .header("Content-Type", "application/octet-stream")
                .header("If-None-Match", "*")
                .header("x-amz-storage-class", configuration.storageClass())
                .header("x-amz-meta-" + TIMESTAMP, RFC_3339.format(Instant.ofEpochMilli(timestampMillis)));
        SseCustomerKey key = configuration.customerKey();
        if (key != null) {
            key.addTo(call);
        }
        if (configuration.kmsKeyId() != null) {
            call.header("x-amz-server-side-encryption", "aws:kms")
                    .header("x-amz-server-side-encryption-aws-kms-key-id", configuration.kmsKeyId());
        }
        String action = "%s: cannot create %s/%s".formatted(displayUrl, level, name);
        try {
            session.call(action, "s3:PutObject", s3 -> s3.document(call));
        } catch (ReplicaException.NotFound e) { // 412: the condition, which only this answer can mean here.
            throw new ReplicaException.Denied(action + ": a file of that name exists already; nothing is replaced", e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
