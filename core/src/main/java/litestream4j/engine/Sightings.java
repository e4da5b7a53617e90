package litestream4j.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import litestream4j.replica.LtxFile;

/** Which files listings showed, and when first. Not thread-safe. */
final class Sightings {
    /** A listing may be of an earlier moment, and show again what is gone; so files are remembered for so many. */
    private static final int LISTINGS_REMEMBERED = 16;

    private final Map<LtxFile, Sighting> files = new HashMap<>();
    private int listings;

    /**
     * @param first the number of the first listing that showed a file
     * @param last the number of the last one
     */
    private record Sighting(int first, int last) {}

    /**
     * Takes note of a listing.
     *
     * @return the files that were never seen before
     */
    List<LtxFile> add(List<LtxFile> listed) {
        List<LtxFile> first = new ArrayList<>();
        listings++;
        for (LtxFile file : listed) {
            Sighting before = files.get(file);
            if (before == null) {
                first.add(file);
            }
            files.put(file, new Sighting(before == null ? listings : before.first, listings));
        }
        files.values().removeIf(sighting -> sighting.last <= longAgo());
        return first;
    }

    /** Takes note of a file that was there long ago, for all that it matters. */
    void addFromLongAgo(LtxFile file) {
        files.put(file, new Sighting(longAgo(), listings));
    }

    boolean contains(LtxFile file) {
        return files.containsKey(file);
    }

    /** Tells whether a file was first seen so long ago that no listing from before is still believed. */
    boolean isFromLongAgo(LtxFile file) {
        Sighting sighting = files.get(file);
        return sighting != null && sighting.first <= longAgo();
    }

    private int longAgo() {
        return listings - LISTINGS_REMEMBERED;
    }
}
