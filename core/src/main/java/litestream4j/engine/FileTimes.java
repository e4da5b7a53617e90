package litestream4j.engine;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import litestream4j.ltx.LtxHeader;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;

/**
 * The times of the last transactions in files, from their headers: what a listing reports may be the time of an
 * upload, or cut to seconds. On levels 0 to 8 only as many as a binary search
 * takes, since times ascend with transactions.
 */
final class FileTimes {
    /** So many snapshots are looked at one by one: their times need not ascend, and there are few. */
    private static final int SNAPSHOTS_EACH_MAX = 32;

    private final Calls calls;
    private final FileFacts facts;

    FileTimes(Calls calls, FileFacts facts) {
        this.calls = calls;
        this.facts = facts;
    }

    /**
     * Returns times that say rightly of each file whether it is before an instant.
     *
     * @param files a listing of all levels
     */
    Map<LtxFile, Instant> around(List<LtxFile> files, Instant instant) throws IOException {
        facts.retain(files);
        Map<LtxFile, Instant> result = new ConcurrentHashMap<>();
        List<Future<?>> searches = new ArrayList<>();
        for (Level level : Level.ALL) {
            List<LtxFile> sorted = files.stream()
                    .filter(file -> file.level().equals(level))
                    .sorted(Comparator.comparing(LtxFile::max))
                    .toList();
            if (level.isSnapshot() && sorted.size() <= SNAPSHOTS_EACH_MAX) {
                for (LtxFile file : sorted) {
                    searches.add(begin(() -> result.put(file, time(file))));
                }
            } else if (!sorted.isEmpty()) {
                searches.add(begin(() -> result.putAll(search(sorted, instant))));
            }
        }
        try {
            for (Future<?> search : searches) {
                calls.join(search);
            }
        } finally {
            searches.forEach(search -> search.cancel(true));
        }
        return result;
    }

    private interface Search {
        void run() throws IOException;
    }

    private Future<?> begin(Search search) throws IOException {
        if (calls.isLocal()) {
            search.run();
            return CompletableFuture.completedFuture(null);
        }
        return Calls.begin(() -> {
            search.run();
            return true;
        });
    }

    private Map<LtxFile, Instant> search(List<LtxFile> sorted, Instant instant) throws IOException {
        int from = 0;
        int to = sorted.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (time(sorted.get(middle)).isBefore(instant)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        Map<LtxFile, Instant> result = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            LtxFile file = sorted.get(i);
            Instant onItsSide = i < from ? instant.minusMillis(1) : instant;
            result.put(file, facts.knownHeader(file).map(LtxHeader::timestamp).orElse(onItsSide));
        }
        return result;
    }

    /** Returns the time of the last transaction in a file. */
    Instant time(LtxFile file) throws IOException {
        return facts.header(file).timestamp();
    }
}
