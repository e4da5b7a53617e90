package litestream4j.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.cli.publish.PublishException;
import litestream4j.cli.sql.StatementFailure;
import litestream4j.engine.CorruptFileException;
import litestream4j.engine.MissingPageException;
import litestream4j.engine.PlanException;
import litestream4j.engine.ViewLostException;
import litestream4j.ltx.LtxFormatException;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * What a person is told when something failed: the one place where a failure becomes a line and an exit code.
 *
 * @param line without line breaks: {@code what: cause; way out}
 * @param exitCode of {@link ExitCode}
 */
record Failure(String line, int exitCode) {
    /** sqlite-jdbc's form: {@code [SQLITE_ERROR] SQL error or missing database (no such table: t)}. */
    private static final Pattern SQLITE_JDBC = Pattern.compile("\\[SQLITE_\\w+] [^(]*\\((.*)\\)\\s*", Pattern.DOTALL);

    /** The code behind a reason of ours: {@code reason [SQLITE_IOERR_READ]}. */
    private static final Pattern CODE = Pattern.compile("\\s*\\[SQLITE_\\w+]$");

    private static final int SQLITE_INTERRUPT = 9;
    private static final int SQLITE_READONLY = 8;
    private static final int PRIMARY_CODE = 0xFF;

    private static final String LOOK_AT_FILES = "'litestream4j ls URL' shows the files that are there";

    static Failure of(Throwable failure) {
        if (failure instanceof StatementFailure statement) {
            Failure reason = of(statement.reason());
            return new Failure(oneLine(statement.getMessage() + ": " + reason.line), reason.exitCode);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Failure known = ofKnown(cause);
            if (known != null) {
                return known;
            }
        }
        if (failure instanceof SQLException e) {
            return ofSql(e);
        }
        if (failure instanceof FileSystemException e) {
            return failed(e.getFile() + ": " + reason(e) + "; check path and permissions");
        }
        if (failure instanceof IOException) {
            return failed(message(failure));
        }
        return failed("unexpected failure: " + failure + "; run again with --verbose and report it");
    }

    private static @Nullable Failure ofKnown(Throwable cause) {
        return switch (cause) {
            case UsageException e -> new Failure(oneLine(message(e)), ExitCode.USAGE);
            case PublishException e -> failed(message(e));
            case EmptyReplicaException e -> new Failure(oneLine(message(e)), ExitCode.NOTHING_TO_READ);
            case ReplicaException e -> ofReplica(e);
            case PlanException e -> ofPlan(e, message(e));
            case CorruptFileException e -> damaged(message(e));
            case LtxFormatException e -> damaged(message(e));
            case MissingPageException e -> damaged(message(e));
            case ViewLostException e -> new Failure(oneLine(message(e)), ExitCode.NOTHING_TO_READ);
            default -> null;
        };
    }

    private static Failure ofReplica(ReplicaException failure) {
        String message = message(failure);
        return switch (failure) {
            case ReplicaException.Interrupted _ -> new Failure(oneLine(message), ExitCode.INTERRUPTED);
            case ReplicaException.Unavailable e
            when e.getCause() instanceof PlanException ->
                with(message, "check the URL, or wait longer with --open-timeout", ExitCode.NOTHING_TO_READ);
            case ReplicaException.Unavailable _ ->
                with(message, "check the URL and the network, and try again", ExitCode.UNREACHABLE);
            case ReplicaException.Denied _ ->
                with(message, "check the URL, the settings and the credentials", ExitCode.UNREACHABLE);
            case ReplicaException.NotFound _ -> with(message, "try again", ExitCode.UNREACHABLE);
        };
    }

    private static Failure ofPlan(PlanException failure, String message) {
        return switch (failure) {
            case PlanException.Gap _ ->
                with(
                        message,
                        "bring back the missing files, or wait for the primary's next snapshot; " + LOOK_AT_FILES,
                        ExitCode.NOTHING_TO_READ);
            case PlanException.NotAvailable _ -> with(message, LOOK_AT_FILES, ExitCode.NOTHING_TO_READ);
            case PlanException.LegacyLayout _ -> new Failure(oneLine(message), ExitCode.NOTHING_TO_READ);
        };
    }

    private static Failure damaged(String message) {
        return with(
                message,
                "bring back the file, or wait for the primary's next snapshot; " + LOOK_AT_FILES,
                ExitCode.DAMAGED);
    }

    private static Failure ofSql(SQLException failure) {
        int code = failure instanceof SQLiteException sqlite
                ? sqlite.getResultCode().code & PRIMARY_CODE
                : failure.getErrorCode() & PRIMARY_CODE;
        String message = sqlText(failure);
        if (code == SQLITE_INTERRUPT) {
            return new Failure("interrupted", ExitCode.INTERRUPTED);
        }
        if (code == SQLITE_READONLY) {
            return with(message, "a replica can only be read: write to the primary", ExitCode.FAILED);
        }
        if (message.startsWith("cannot calc restore plan")) {
            return with(message, "'litestream4j info URL' tells which times can be had", ExitCode.NOTHING_TO_READ);
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("no such") || lower.contains("syntax error")) {
            return with(message, "check the SQL; .schema in the shell shows what there is", ExitCode.FAILED);
        }
        return failed(message);
    }

    /** Returns SQLite's own text. */
    private static String sqlText(SQLException failure) {
        String message = message(failure);
        Matcher framed = SQLITE_JDBC.matcher(message);
        return framed.matches() ? framed.group(1) : CODE.matcher(message).replaceFirst("");
    }

    private static String reason(FileSystemException failure) {
        String reason = failure.getReason();
        return reason != null
                ? reason
                : switch (failure) {
                    case NoSuchFileException _ -> "no such file";
                    case AccessDeniedException _ -> "access denied";
                    default -> failure.getClass().getSimpleName();
                };
    }

    private static Failure failed(String message) {
        return new Failure(oneLine(message), ExitCode.FAILED);
    }

    /** Adds a way out, unless the message already has one: what follows a semicolon. */
    private static Failure with(String message, String wayOut, int exitCode) {
        return new Failure(oneLine(message.contains("; ") ? message : message + "; " + wayOut), exitCode);
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
