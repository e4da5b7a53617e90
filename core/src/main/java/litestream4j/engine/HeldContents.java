package litestream4j.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Small files kept whole as they came, and the beginnings of large ones: their pages cost no request, and survive the
 * deletion of the file on the replica. What was used longest ago goes first. Safe for all threads.
 */
final class HeldContents {
    private final long budgetBytes;
    private final Map<Integer, byte[]> contents = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    HeldContents(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** @param content the file from its first byte on, whole or not */
    synchronized void hold(SourceFile file, byte[] content) {
        if (content.length > budgetBytes) {
            return;
        }
        byte[] replaced = contents.put(file.id, content);
        bytes += content.length - (replaced == null ? 0 : replaced.length);
        Iterator<byte[]> oldest = contents.values().iterator();
        while (bytes > budgetBytes) {
            bytes -= oldest.next().length;
            oldest.remove();
        }
    }

    /** Returns what is held of a file, from its first byte on, if that goes as far as a frame; else null. */
    synchronized byte @Nullable [] get(SourceFile file, int position) {
        byte[] content = contents.get(file.id);
        return content == null
                        || !file.index.isKnown(position)
                        || content.length < file.index.offset(position) + file.index.frameBytes(position)
                ? null
                : content;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    synchronized long bytes() {
        return bytes;
    }
}
