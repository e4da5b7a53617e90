package litestream4j.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Set;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/**
 * Failures of requests as those of a replica: told apart by status, error code and type, never by the text of a
 * message. The messages name the service and the way out, and no part of a credential.
 */
final class S3Failures {
    /** Codes that come with a status of 4xx and mean that a later attempt may well work. */
    private static final Set<String> PASSING = Set.of(
            "RequestTimeout",
            "RequestTimeoutException",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "ConditionalRequestConflict",
            "OperationAborted",
            "RequestCanceled");

    private final S3Configuration configuration;
    private final String action;
    private final String permission;

    S3Failures(S3Configuration configuration, String action, String permission) {
        this.configuration = configuration;
        this.action = action;
        this.permission = permission;
    }

    ReplicaException withoutCredentials(IOException failure) {
        return new ReplicaException.Denied(
                action
                        + ": no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile "
                        + "(AWS_PROFILE), or run with a role",
                failure);
    }

    ReplicaException translate(IOException failure) {
        if (isInterrupt(failure)) {
            Thread.currentThread().interrupt();
            return new ReplicaException.Interrupted(action + ": interrupted", failure);
        }
        if (failure instanceof S3Error answer) {
            return translate(answer);
        }
        if (failure instanceof S3Unusable) {
            return new ReplicaException.Denied(
                    "%s: %s; check the settings for %s"
                            .formatted(action, failure.getMessage(), configuration.serviceName()),
                    failure);
        }
        if (causeOf(failure, CertificateException.class) != null) {
            return new ReplicaException.Denied(
                    ("%s: the certificate of %s is not trusted: name a file with its issuer in AWS_CA_BUNDLE, or "
                                    + "for tests set skipVerify=true")
                            .formatted(action, configuration.serviceName()),
                    failure);
        }
        return new ReplicaException.Unavailable(
                "%s: no answer from %s: %s".formatted(action, configuration.serviceName(), describe(failure)), failure);
    }

    private ReplicaException translate(S3Error failure) {
        int status = failure.status();
        String code = failure.code();
        // Each poll that finds nothing new comes here: no formatter, which loads much when first used.
        String text = action + ": HTTP " + status + (code.isEmpty() ? "" : " " + code) + " from "
                + configuration.serviceName();
        if (status == 429 || status == 408 || (status >= 500 && status != 501) || PASSING.contains(code)) {
            return new ReplicaException.Unavailable(text, failure);
        }
        if (code.equals("NoSuchBucket")) {
            return new ReplicaException.Denied(
                    "%s: there is no bucket \"%s\"; check its name, the endpoint and the region"
                            .formatted(text, configuration.bucket()),
                    failure);
        }
        if (status == 404 || status == 412 || status == 416) {
            return new ReplicaException.NotFound(text, failure);
        }
        return new ReplicaException.Denied(text + advice(failure, status, code), failure);
    }

    private String advice(S3Error failure, int status, String code) {
        if (failure.isExpiredToken()) {
            return ": the session token has expired; supply fresh credentials";
        }
        return switch (code) {
            case "InvalidAccessKeyId", "InvalidToken" ->
                ": the store does not know this access key; check the credentials";
            case "SignatureDoesNotMatch" -> ": check the secret access key, and the region";
            case "RequestTimeTooSkewed" -> ": this machine's clock is wrong";
            default -> {
                if (status == 401 || status == 403) {
                    yield ": the credentials must allow %s on bucket \"%s\""
                            .formatted(permission, configuration.bucket());
                }
                yield failure.region() == null
                        ? ": check endpoint, region and path style"
                        : ": the bucket lies in region " + failure.region();
            }
        };
    }

    private static boolean isInterrupt(IOException failure) {
        return Thread.currentThread().isInterrupted()
                || (failure instanceof InterruptedIOException && !(failure instanceof SocketTimeoutException));
    }

    /** Says the innermost message: that of a failed connection often is the only one. */
    private static String describe(Throwable failure) {
        if (causeOf(failure, UnknownHostException.class) != null) {
            return "there is no host of this name; check the endpoint";
        }
        ConnectException refused = causeOf(failure, ConnectException.class);
        if (refused != null && refused.getMessage() != null) {
            return refused.getMessage().toLowerCase(Locale.ROOT) + "; check the endpoint";
        }
        String text = failure.toString();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !cause.getMessage().endsWith("null")) {
                return cause.getMessage();
            }
            text = cause.getClass().getSimpleName();
        }
        return text;
    }

    private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
