package litestream4j.sqlite;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import litestream4j.engine.DurationText;
import litestream4j.engine.PlanException;
import litestream4j.engine.Reader;
import litestream4j.engine.Target;
import litestream4j.ltx.Txid;
import org.jspecify.annotations.Nullable;

/** The PRAGMAs and SQL functions of one open database. */
final class Statements {
    private static final Set<String> OFF = Set.of("0", "false", "off");
    private static final Set<String> ON = Set.of("1", "true", "on");

    private static final String LATEST = "latest";
    private static final String TIME = "litestream_time";
    private static final String TXID = "litestream_txid";

    private static final Duration WAIT_LIMIT = Duration.ofSeconds(30);
    private static final String WAIT_FORM = " (expected a transaction ID of 16 hexadecimal digits, and perhaps a time"
            + " limit: '000000000000002a 5s')";

    private final Reader reader;

    /** The target as it was given, while the reader looks at the past. */
    private TimeText.@Nullable Moment target;

    Statements(Reader reader) {
        this.reader = reader;
    }

    /**
     * Answers a PRAGMA.
     *
     * @param value null for a getter
     * @return empty if it is not one of ours
     * @throws StatementException with the text for the user
     */
    Optional<Reply> pragma(String name, @Nullable String value) throws StatementException {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        return switch (lowerCase) {
            case "litestream_txid" -> Optional.of(value == null ? new Reply.Text(txid()) : setTxid(value));
            case "litestream_wait" -> Optional.of(await(value));
            case "litestream_lag" -> readOnly(lowerCase, value, Long.toString(lagSeconds()));
            case "litestream_data_time" ->
                readOnly(lowerCase, value, TimeText.format(reader.view().timestamp()));
            case "litestream_hydration_progress" -> readOnly(lowerCase, value, "0");
            case "litestream_hydration_file" -> readOnly(lowerCase, value, "");
            case "litestream_stats" -> readOnly(lowerCase, value, StatsText.of(reader));
            case "litestream_write_enabled" -> Optional.of(writeEnabled(value));
            case "litestream_time" -> Optional.of(value == null ? new Reply.Text(time()) : setTime(value));
            default -> Optional.empty();
        };
    }

    /**
     * Answers an SQL function.
     *
     * @throws StatementException with the text for the user
     */
    Reply function(String name, @Nullable String value) throws StatementException {
        return switch (name) {
            case "litestream_txid" -> new Reply.Text(txid());
            case "litestream_lag" -> new Reply.Whole(lagSeconds());
            case "litestream_time" -> new Reply.Text(time());
            case "litestream_set_time" -> {
                if (value == null) {
                    throw new StatementException("timestamp required");
                }
                yield setTime(value);
            }
            case "litestream_set_txid" -> {
                if (value == null) {
                    throw new StatementException("transaction ID required");
                }
                yield setTxid(value);
            }
            default -> throw new StatementException("no such function: " + name);
        };
    }

    private static Optional<Reply> readOnly(String name, @Nullable String value, String text)
            throws StatementException {
        if (value != null) {
            throw new StatementException(name + " is read-only");
        }
        return Optional.of(new Reply.Text(text));
    }

    private static Reply writeEnabled(@Nullable String value) throws StatementException {
        if (value == null) {
            return new Reply.Text("0");
        }
        String lowerCase = value.toLowerCase(Locale.ROOT);
        if (ON.contains(lowerCase)) {
            throw new StatementException(ReadOnlyException.TEXT);
        }
        if (!OFF.contains(lowerCase)) {
            throw new StatementException("invalid value for litestream_write_enabled: " + value + " (use 0 or 1)");
        }
        return Reply.NOTHING;
    }

    private String txid() {
        return reader.view().txid().toString();
    }

    private long lagSeconds() {
        return reader.database().lag().map(Duration::toSeconds).orElse(-1L);
    }

    private String time() {
        return target != null ? target.text() : TimeText.format(reader.view().timestamp());
    }

    /** Looks at a point in time, or at the newest state. */
    Reply setTime(String text) throws StatementException {
        String wanted = text.strip();
        if (wanted.equalsIgnoreCase(LATEST)) {
            return lookAtLatest(TIME);
        }
        TimeText.Moment moment = TimeExpression.parse(wanted, Instant.now())
                .orElseThrow(() -> new StatementException(
                        "invalid timestamp (expected RFC3339 or relative time like '5 minutes ago'): " + text));
        look(new Target.Before(moment.instant()), TIME);
        target = moment;
        return Reply.NOTHING;
    }

    /** Looks at exactly the state after a transaction, or at the newest state. */
    Reply setTxid(String text) throws StatementException {
        String wanted = text.strip();
        if (wanted.equalsIgnoreCase(LATEST)) {
            return lookAtLatest(TXID);
        }
        // The reference, where nothing can be set, says the first words of this, and programs may look for them.
        Txid txid = Txid.parse(wanted)
                .orElseThrow(() -> new StatementException(TXID
                        + " is read-only, but for a transaction to look at: expected its ID of 16 hexadecimal digits,"
                        + " such as '000000000000002a', or 'latest', found '" + text + "'"));
        look(new Target.AtTxid(txid), TXID);
        target = null;
        return Reply.NOTHING;
    }

    private Reply lookAtLatest(String setting) throws StatementException {
        refuseInTransaction("change " + setting);
        reader.lookAtLatest();
        target = null;
        return Reply.NOTHING;
    }

    private void look(Target wanted, String setting) throws StatementException {
        refuseInTransaction("change " + setting);
        try {
            reader.lookAt(wanted);
        } catch (PlanException.NotAvailable e) {
            throw new StatementException(
                    "cannot calc restore plan: %s; the latest state is of %s"
                            .formatted(
                                    e.getMessage(),
                                    TimeText.format(reader.database().newest().timestamp())),
                    e);
        } catch (PlanException e) {
            throw new StatementException("cannot calc restore plan: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StatementException("cannot change " + setting + ": " + e.getMessage(), e);
        }
    }

    /** SQLite would mix the pages that it holds with those of another state. */
    private void refuseInTransaction(String what) throws StatementException {
        if (reader.inTransaction()) {
            throw new StatementException("cannot " + what + " inside a transaction");
        }
    }

    /** Waits for a transaction: {@code '<txid>'}, or {@code '<txid> <duration>'} for another limit than 30 s. */
    private Reply await(@Nullable String value) throws StatementException {
        if (value == null) {
            throw new StatementException("litestream_wait needs a value" + WAIT_FORM);
        }
        String[] words = value.strip().split("[ ,]+", -1);
        Optional<Txid> txid = Txid.parse(words[0]);
        Optional<Duration> limit = words.length < 2 ? Optional.of(WAIT_LIMIT) : DurationText.parse(words[1]);
        if (txid.isEmpty() || limit.isEmpty() || limit.get().isNegative() || words.length > 2) {
            throw new StatementException("invalid value for litestream_wait: " + value + WAIT_FORM);
        }
        refuseInTransaction("use litestream_wait");
        try {
            if (!reader.awaitTxid(txid.get(), limit.get())) {
                throw new StatementException("txid %s did not arrive within %s s; the replica is at %s"
                        .formatted(txid.get(), limit.get().toMillis() / 1000.0, txid()));
            }
            return Reply.NOTHING;
        } catch (IllegalStateException e) {
            throw new StatementException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StatementException(String.valueOf(e.getMessage()), e);
        }
    }
}
