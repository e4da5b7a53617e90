package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: plans are those of the written algorithm. Files are written {@code L1 5-8@37}: level, transactions, and minutes
 * after 10:30; a file of one transaction {@code L0 8@37}.
 */
class RestorePlannerTest {
    private static final Instant HALF_PAST_TEN = Instant.parse("2026-01-15T10:30:00Z");

    private static final String LEVELS = "L9 1-6@5, L2 1-4@3, L2 5-8@7, L1 5-6@5, L1 7-8@7, L1 9-10@9, "
            + "L0 8@7, L0 9@8, L0 10@9, L0 11@10, L0 12@11";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            latest   | L9 1-6, L2 5-8, L1 9-10, L0 11, L0 12
            12       | L9 1-6, L2 5-8, L1 9-10, L0 11, L0 12
            11       | L9 1-6, L2 5-8, L1 9-10, L0 11
            9        | L9 1-6, L2 5-8, L0 9
            8        | L9 1-6, L2 5-8
            7        | transaction not available: no set of files ends at 0000000000000007, the nearest earlier one is 0000000000000006
            6        | L9 1-6
            5        | transaction not available
            4        | L2 1-4
            3        | transaction not available
            @6.5     | L9 1-6
            @5.001   | L9 1-6
            @5       | L2 1-4
            @9.5     | L9 1-6, L2 5-8, L1 9-10
            @3.5     | L2 1-4
            @3       | transaction not available: the earliest state is of 2026-01-15T10:33:00Z
            @11.001  | L9 1-6, L2 5-8, L1 9-10, L0 11, L0 12
            @9999    | L9 1-6, L2 5-8, L1 9-10, L0 11, L0 12
            """)
    void replicaWithAllLevels(String target, String expected) throws Exception {
        assertThat(planned(LEVELS, target)).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            L0 1, L0 2, L0 3, L0 4, L0 5               | latest | L0 1, L0 2, L0 3, L0 4, L0 5
            L0 1, L0 2, L0 4, L0 5                     | latest | non-contiguous ltx files: have up to 0000000000000002 but next file starts at 0000000000000004
            L0 1, L0 2, L0 4, L0 5                     | 2      | L0 1, L0 2
            L0 1, L0 2, L0 4, L0 5                     | 5      | transaction not available
            L0 1, L0 2, L0 4, L0 5                     | @9     | non-contiguous ltx files: have up to 0000000000000002 but next file starts at 0000000000000004
            L0 1@1, L0 2@2, L0 4@4, L0 5@5             | @3     | L0 1, L0 2
            L9 1-10, L0 12, L0 13                      | latest | non-contiguous ltx files: have up to 000000000000000a but next file starts at 000000000000000c
            L9 1-10, L0 8, L0 9, L0 10                 | latest | L9 1-10
            L9 1-10, L9 1-20, L1 11-20, L0 21          | latest | L9 1-20, L0 21
            L9 1-10, L9 1-20, L1 11-20, L0 21          | 15     | transaction not available
            L9 1-10, L9 1-20, L1 11-20, L1 11-15       | 15     | L9 1-10, L1 11-15
            L9 1-10, L9 1-20, L1 11-20, L0 11, L0 12   | 12     | L9 1-10, L0 11, L0 12
            L0 5, L0 6, L0 7                           | latest | transaction not available: no file begins at transaction 1, the first is L0/0000000000000005
            L1 1-4, L0 3, L0 4, L0 5, L0 6             | latest | L1 1-4, L0 5, L0 6
            L1 1-5, L1 4-9, L0 10                      | latest | L1 1-5, L1 4-9, L0 10
            L9 1-6, L1 7@0, L0 7@0                     | latest | L9 1-6, L1 7
            L9 1-10@20, L0 1@1, L0 2@2, L0 3@3         | @2.5   | L0 1, L0 2
            L9 1-10@20, L0 2@2, L0 3@3                 | @2.5   | transaction not available
            L9 1-4@4, L1 5-9@9, L0 8@8, L0 9@9         | @8.5   | L9 1-4
            L9 1-4@4, L1 5-9@9, L0 8@8, L0 9@9         | @9.5   | L9 1-4, L1 5-9
            L9 1-4@4, L1 5-7@7, L2 5-9@9, L0 9@8       | @8.5   | L9 1-4, L1 5-7
            L9 1-4@4, L1 5-6@6, L1 7-9@9, L0 8@8       | @5.5   | L9 1-4
            L9 1-4@4, L1 5-6@6, L0 8@8, L0 9@9         | @8.5   | non-contiguous ltx files: have up to 0000000000000006 but next file starts at 0000000000000008
            L9 1-20@10, L9 1-30@5                      | latest | L9 1-30
            L9 1-20@10, L9 1-30@5                      | @7     | L9 1-30
            L8 1-3, L7 4-5, L0 6                       | latest | L8 1-3, L7 4-5, L0 6
            L0 1, L3 1-9, L0 2                         | latest | L3 1-9
            """)
    void otherReplicas(String files, String target, String expected) throws Exception {
        assertThat(planned(files, target)).startsWith(expected);
    }

    @Test
    void emptyReplicaHasNoPlan() {
        assertThatThrownBy(() -> RestorePlanner.plan(List.of(), Target.LATEST))
                .isInstanceOf(PlanException.NotAvailable.class)
                .hasMessage("transaction not available: the replica holds no files yet");
    }

    /**
     * Property: a plan is that of the algorithm as it is written, over sets. Method: 20,000 small replicas at random,
     * in random order, with gaps, overlaps, duplicates on several levels and times that go back; all targets.
     */
    @Test
    void planIsThatOfTheWrittenAlgorithm() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            List<LtxFile> files = randomFiles(random);
            Target target = switch (random.nextInt(3)) {
                case 0 -> Target.LATEST;
                case 1 -> new Target.AtTxid(new Txid(1 + random.nextInt(14)));
                default -> new Target.Before(HALF_PAST_TEN.plusSeconds(60L * random.nextInt(16)));
            };
            assertThat(outcome(files, target))
                    .as("seed=%d %s of %s", seed, target, files)
                    .isEqualTo(naive(files, target));
        }
    }

    private static List<LtxFile> randomFiles(Random random) {
        List<LtxFile> files = new ArrayList<>();
        for (int i = random.nextInt(14); i > 0; i--) {
            int level = random.nextInt(10);
            int min = level == 9 ? 1 : 1 + random.nextInt(10);
            int max = level == 0 ? min : min + random.nextInt(5);
            files.removeIf(file -> file.label().equals(file(level, min, max, 0).label()));
            files.add(file(level, min, max, random.nextBoolean() ? max : random.nextInt(15)));
        }
        Collections.shuffle(files, random);
        return files;
    }

    private static String outcome(List<LtxFile> files, Target target) {
        try {
            return text(RestorePlanner.plan(files, target).files());
        } catch (PlanException.NotAvailable _) {
            return "not available";
        } catch (PlanException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String naive(List<LtxFile> files, Target target) {
        Predicate<LtxFile> eligible = switch (target) {
            case Target.Latest _ -> _ -> true;
            case Target.AtTxid(Txid txid) -> file -> file.max().compareTo(txid) <= 0;
            case Target.Before(Instant time) -> file -> file.createdAt().isBefore(time);
        };
        List<LtxFile> left = files.stream().filter(eligible).toList();
        List<LtxFile> plan = new ArrayList<>();
        left.stream()
                .filter(file -> file.level().number() == 9)
                .max(Comparator.comparing(LtxFile::max))
                .ifPresent(plan::add);
        while (true) {
            long end = plan.isEmpty() ? 0 : plan.getLast().max().value();
            Optional<LtxFile> best = left.stream()
                    .filter(file -> file.level().number() < 9)
                    .filter(file -> file.min().value() <= end + 1 && file.max().value() > end)
                    .min(Comparator.comparing(LtxFile::max, Comparator.reverseOrder())
                            .thenComparing(LtxFile::min)
                            .thenComparing(LtxFile::level, Comparator.reverseOrder())
                            .thenComparing(LtxFile::createdAt));
            if (best.isEmpty()) {
                return naiveResult(files, left, plan, target, end);
            }
            plan.add(best.get());
        }
    }

    private static String naiveResult(
            List<LtxFile> files, List<LtxFile> left, List<LtxFile> plan, Target target, long end) {
        if (plan.isEmpty() || (target instanceof Target.AtTxid(Txid txid) && txid.value() != end)) {
            return "not available";
        }
        return left.stream()
                .filter(file -> file.level().number() < 9 && file.min().value() > end + 1)
                .min(Comparator.comparing(LtxFile::min))
                .filter(_ -> !(target instanceof Target.AtTxid))
                .filter(file -> naiveEnd(files, end) + 1 < file.min().value())
                .map(file -> "non-contiguous ltx files: have up to " + new Txid(end) + " but next file starts at "
                        + file.min())
                .orElseGet(() -> text(plan));
    }

    /** Returns how far the files of levels 0 to 8 lead from a transaction without a gap. */
    private static long naiveEnd(List<LtxFile> files, long from) {
        long end = from;
        for (int i = 0; i < files.size(); i++) {
            for (LtxFile file : files) {
                if (file.level().number() < 9 && file.min().value() <= end + 1) {
                    end = Math.max(end, file.max().value());
                }
            }
        }
        return end;
    }

    private static String planned(String files, String target) {
        try {
            return text(RestorePlanner.plan(files(files), target(target)).files());
        } catch (PlanException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Target target(String text) {
        if (text.equals("latest")) {
            return Target.LATEST;
        }
        return text.startsWith("@")
                ? new Target.Before(minute(text.substring(1)))
                : new Target.AtTxid(new Txid(Long.parseLong(text)));
    }

    private static List<LtxFile> files(String text) {
        return Stream.of(text.split(", ", -1)).map(RestorePlannerTest::file).toList();
    }

    private static LtxFile file(String text) {
        String[] parts = text.strip().substring(1).split("[ @]", -1);
        String[] range = parts[1].split("-", -1);
        LtxFile file = file(
                Integer.parseInt(parts[0]), Integer.parseInt(range[0]), Integer.parseInt(range[range.length - 1]), 0);
        Instant time = minute(parts.length > 2 ? parts[2] : "0");
        return new LtxFile(file.level(), file.name(), file.size(), time, file.version());
    }

    private static LtxFile file(int level, int min, int max, int minute) {
        LtxFileName name = new LtxFileName(new Txid(min), new Txid(max));
        return new LtxFile(new Level(level), name, 1000, minute(Integer.toString(minute)), "v");
    }

    private static Instant minute(String text) {
        return HALF_PAST_TEN.plus(Duration.ofMillis(Math.round(Double.parseDouble(text) * 60_000)));
    }

    private static String text(List<LtxFile> files) {
        return files.stream().map(RestorePlannerTest::text).collect(Collectors.joining(", "));
    }

    private static String text(LtxFile file) {
        String range = file.min().equals(file.max()) ? "" : "-" + file.max().value();
        return file.level() + " " + file.min().value() + range;
    }
}
