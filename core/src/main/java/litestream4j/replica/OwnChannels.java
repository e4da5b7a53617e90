package litestream4j.replica;

import java.lang.ref.WeakReference;
import java.nio.channels.Channel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is open for longer than a call. The JDK leaves it to be inherited by programs that the process starts by other
 * means than Java's, and in a foreign host that is all of them: a connection to the store would then live as long as
 * they do. So in such a host somebody keeps it from them.
 */
public final class OwnChannels {
    private static @Nullable Consumer<Channel> keeper;

    /** What was opened last before there was a keeper: the log, which is there first. */
    private static WeakReference<Channel> early = new WeakReference<>(null);

    private OwnChannels() {}

    /** Sets what is done with each channel as soon as it is open, from now on. */
    public static synchronized void keepBy(Consumer<Channel> how) {
        keeper = how;
        Channel open = early.get();
        if (open != null) {
            how.accept(open);
        }
    }

    /** Says that a channel was opened. */
    public static synchronized void opened(Channel channel) {
        if (keeper == null) {
            early = new WeakReference<>(channel);
        } else {
            keeper.accept(channel);
        }
    }
}
