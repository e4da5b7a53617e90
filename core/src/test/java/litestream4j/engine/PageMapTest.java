package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import litestream4j.ltx.Txid;
import org.junit.jupiter.api.Test;

/** Goal: a page map is what applying files to a sorted map gives, and shares what did not change. */
class PageMapTest {
    /** Pages under one node of the map. */
    private static final int NODE_PAGES = 256 * 256;

    /**
     * Property: after any files, applied one by one or together, the map names the same sources as a sorted map, and
     * older maps stay as they were.
     * Method: growth, shrinks, regrowth over holes, dense and sparse files around the bounds of chunks and nodes.
     */
    @Test
    void mapIsWhatFilesAppliedInOrderGive() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 150; run++) {
            long pagesMax = random.nextInt(4) == 0 ? 2 * NODE_PAGES + 700 : 1 + random.nextInt(2000);
            List<PageMap> maps = new ArrayList<>(List.of(PageMap.EMPTY));
            List<NavigableMap<Long, SourceFile>> models = new ArrayList<>();
            models.add(new TreeMap<>());
            List<SourceFile> files = new ArrayList<>();
            for (int txid = 2; txid < 12; txid++) {
                SourceFile file =
                        randomFile(random, txid, pagesMax, maps.getLast().pages());
                files.add(file);
                maps.add(maps.getLast().applyAll(List.of(file)));
                models.add(applied(models.getLast(), file));
            }
            int from = random.nextInt(files.size());
            maps.add(maps.get(from).applyAll(files.subList(from, files.size())));
            models.add(models.getLast());
            for (int i = 0; i < maps.size(); i++) {
                compare("seed=%d run=%d map=%d".formatted(seed, run, i), maps.get(i), models.get(i), random);
            }
        }
    }

    private static SourceFile randomFile(Random random, int txid, long pagesMax, long before) {
        long commit = switch (random.nextInt(5)) {
            case 0 -> 1 + random.nextLong(pagesMax);
            case 1 -> Math.min(pagesMax, 1 + before / 256 * 256);
            case 2 -> Math.min(pagesMax, NODE_PAGES + random.nextInt(3));
            default -> before == 0 ? pagesMax : before;
        };
        NavigableSet<Long> pages = new TreeSet<>();
        if (random.nextInt(3) == 0) {
            long from = 1 + random.nextLong(commit);
            long to = Math.min(commit, from + random.nextInt(1500));
            LongStream.rangeClosed(from, to).forEach(pages::add);
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            pages.add(1 + random.nextLong(commit));
        }
        return EngineFiles.file(txid, commit, pages);
    }

    private static NavigableMap<Long, SourceFile> applied(NavigableMap<Long, SourceFile> model, SourceFile file) {
        NavigableMap<Long, SourceFile> next = new TreeMap<>();
        next.putAll(model.headMap(file.commit().pages(), true));
        for (int i = 0; i < file.index.size(); i++) {
            next.put(file.index.pgno(i), file);
        }
        return next;
    }

    private static void compare(String what, PageMap map, NavigableMap<Long, SourceFile> model, Random random) {
        long pages = map.pages();
        // All pages of a small map; of a large one those that are held, and some others.
        LongStream looked = pages < 3000
                ? LongStream.rangeClosed(1, pages)
                : LongStream.concat(
                        model.keySet().stream().mapToLong(Long::longValue), random.longs(200, 1, pages + 1));
        looked.forEach(pgno -> {
            SourceFile file = map.sourceOf(pgno);
            assertThat(file).as("%s page %d", what, pgno).isSameAs(model.get(pgno));
            assertThat(file == null || file.index.find(pgno) >= 0)
                    .as("%s page %d is where the map says", what, pgno)
                    .isTrue();
        });
    }

    @Test
    void pageBeyondAShrinkIsForgottenAlsoAfterTheDatabaseGrewAgain() {
        PageMap map = PageMap.EMPTY
                .applyAll(List.of(EngineFiles.file(2, 600, range(1, 600))))
                .applyAll(List.of(EngineFiles.file(3, 300, range(1, 1))))
                .applyAll(List.of(EngineFiles.file(4, 600, range(400, 400))));
        assertThat(map.sourceOf(300)).isNotNull();
        assertThat(map.sourceOf(301)).isNull();
        assertThat(map.sourceOf(400)).isNotNull();
        assertThat(map.sourceOf(600)).isNull();
    }

    @Test
    void filesThatTouchMoreChunksThanAreInTheMakingAtATimeAreApplied() {
        int chunks = 5000;
        long pages = 256L * chunks;
        SourceFile first = EngineFiles.file(2, pages, everyChunk(chunks, 1));
        SourceFile second = EngineFiles.file(3, pages, everyChunk(chunks, 2));
        PageMap map = PageMap.EMPTY.applyAll(List.of(first, second));
        for (long chunk = 0; chunk < chunks; chunk++) {
            assertThat(map.sourceOf(256 * chunk + 1)).isSameAs(first);
            assertThat(map.sourceOf(256 * chunk + 2)).isSameAs(second);
            assertThat(map.sourceOf(256 * chunk + 3)).isNull();
        }
    }

    private static NavigableSet<Long> everyChunk(int chunks, int place) {
        NavigableSet<Long> pages = new TreeSet<>();
        LongStream.range(0, chunks).forEach(chunk -> pages.add(256 * chunk + place));
        return pages;
    }

    @Test
    void mapOfAnEmptyDatabaseCanGrow() {
        PageMap map = PageMap.EMPTY
                .applyAll(List.of(EngineFiles.file(2, 600, range(1, 600))))
                .applyAll(List.of(EngineFiles.file(3, 0, new TreeSet<>())))
                .applyAll(List.of(EngineFiles.file(4, 1, range(1, 1))));
        assertThat(map.pages()).isEqualTo(1);
        assertThat(map.sourceOf(1)).isNotNull();
    }

    @Test
    void snapshotTakesNextToNothingPerPage() {
        PageMap map = PageMap.EMPTY.applyAll(List.of(EngineFiles.file(2, 100_000, range(1, 100_000))));
        assertThat(mapBytes(map)).isLessThan(100_000 / 10);
    }

    @Test
    void mapOfPagesFromManyFilesTakesLessThanTwoBytesPerPage() {
        Random random = new Random(7);
        PageMap map = PageMap.EMPTY.applyAll(List.of(EngineFiles.file(2, 50_000, range(1, 50_000))));
        for (int txid = 3; txid < 40; txid++) {
            NavigableSet<Long> pages =
                    random.longs(2000, 1, 50_001).boxed().collect(Collectors.toCollection(TreeSet::new));
            map = map.applyAll(List.of(EngineFiles.file(txid, 50_000, pages)));
        }
        assertThat(mapBytes(map)).isLessThan(2 * 50_000);
    }

    @Test
    void chunkCanHaveAFileForEachPage() {
        PageMap map = PageMap.EMPTY.applyAll(List.of(EngineFiles.file(2, 256, range(1, 255))));
        for (int pgno = 1; pgno < 256; pgno++) {
            map = map.applyAll(List.of(EngineFiles.file(pgno + 1, 256, range(pgno, pgno))));
        }
        for (int pgno = 1; pgno < 256; pgno++) {
            assertThat(Objects.requireNonNull(map.sourceOf(pgno)).txid()).isEqualTo(new Txid(pgno + 1));
        }
        assertThat(map.sourceOf(256)).isNull();
    }

    /** A reader that stays while everything is written anew, as in ten files, and once more in many small ones. */
    @Test
    void databaseThatIsRewrittenTenTimesCostsAReaderOfTheOldStateOneMoreMap() {
        Random random = new Random(8);
        int pages = 50_000;
        PageMap old = PageMap.EMPTY.applyAll(List.of(EngineFiles.file(1, pages, range(1, pages))));
        for (int txid = 2; txid < 40; txid++) {
            old = old.applyAll(List.of(EngineFiles.file(
                    txid,
                    pages,
                    random.longs(2000, 1, pages + 1).boxed().collect(Collectors.toCollection(TreeSet::new)))));
        }
        PageMap map = old;
        int txid = 40;
        for (int round = 0; round < 10; round++) {
            for (int from = 1; from <= pages; from += 500) {
                map = map.applyAll(List.of(EngineFiles.file(txid++, pages, range(from, from + 499))));
            }
        }
        IndexMemory both = new IndexMemory();
        old.measure(both);
        map.measure(both);
        assertThat(both.bytes()).isLessThanOrEqualTo(bytes(old) + bytes(map));
        assertThat(both.files()).as("39 old files, and those of the last round").isEqualTo(39 + 100);
        assertThat(mapBytes(map)).isLessThan(2L * pages);
    }

    private static long bytes(PageMap map) {
        IndexMemory memory = new IndexMemory();
        map.measure(memory);
        return memory.bytes();
    }

    /** Without the files. */
    private static long mapBytes(PageMap map) {
        IndexMemory memory = new IndexMemory();
        map.measure(memory);
        long files = LongStream.rangeClosed(1, map.pages())
                .mapToObj(map::sourceOf)
                .filter(Objects::nonNull)
                .distinct()
                .mapToLong(file -> {
                    IndexMemory one = new IndexMemory();
                    one.add(file);
                    return one.bytes();
                })
                .sum();
        return memory.bytes() - files;
    }

    private static NavigableSet<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().collect(Collectors.toCollection(TreeSet::new));
    }
}
