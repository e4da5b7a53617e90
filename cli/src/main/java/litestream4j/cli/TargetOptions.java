package litestream4j.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import litestream4j.engine.Target;
import litestream4j.ltx.Txid;
import litestream4j.sqlite.TimeExpression;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that choose a state of a replica; the newest one without them. */
final class TargetOptions {
    private static final String LATEST = "latest";
    private static final Pattern TXID = Pattern.compile("[0-9A-Fa-f]{16}");

    @ArgGroup(exclusive = true)
    private final Choice choice = new Choice();

    /** At most one of them. */
    static final class Choice {
        @Option(
                names = "--time",
                paramLabel = "TIME",
                description = "The state at a moment: 2026-01-15T10:30:00Z, '5 minutes ago', 'yesterday 18:00'; UTC.")
        private @Nullable String time;

        @Option(
                names = "--txid",
                paramLabel = "TXID",
                description = "The state after exactly that transaction: 16 hexadecimal digits.")
        private @Nullable String txid;
    }

    /** @throws UsageException if a value is not understood */
    Target target() {
        if (choice.txid != null) {
            return txid("--txid", choice.txid);
        }
        return choice.time == null ? Target.LATEST : moment("--time", choice.time);
    }

    /** Returns the statement that makes a connection look at the state; empty if it is the newest. */
    Optional<String> pragma() {
        return switch (target()) {
            case Target.Latest _ -> Optional.empty();
            case Target.AtTxid(Txid id) -> Optional.of("PRAGMA litestream_txid = '%s'".formatted(id));
            case Target.Before(Instant time) -> Optional.of("PRAGMA litestream_time = '%s'".formatted(time));
        };
    }

    /** Reads a state: a transaction's 16 hexadecimal digits, or a moment as {@code PRAGMA litestream_time} takes it. */
    static Target state(String option, String text) {
        return TXID.matcher(text.strip()).matches() ? txid(option, text) : moment(option, text);
    }

    private static Target txid(String option, String text) {
        if (text.strip().equalsIgnoreCase(LATEST)) {
            return Target.LATEST;
        }
        return Txid.parse(text.strip())
                .<Target>map(Target.AtTxid::new)
                .orElseThrow(() -> new UsageException(
                        "invalid %s: \"%s\"; use 16 hexadecimal digits, as 'litestream4j ls URL' shows them"
                                .formatted(option, text)));
    }

    private static Target moment(String option, String text) {
        if (text.strip().equalsIgnoreCase(LATEST)) {
            return Target.LATEST;
        }
        return TimeExpression.instant(text, Instant.now())
                .<Target>map(Target.Before::new)
                .orElseThrow(() -> new UsageException(
                        ("invalid %s: \"%s\"; use a time such as 2026-01-15T10:30:00Z, '5 minutes ago' or"
                                        + " 'yesterday 18:00', or latest")
                                .formatted(option, text)));
    }
}
