package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import org.junit.jupiter.api.Test;

/** Goal: a listing calls a state reachable if and only if there is a plan for it. Method: 5000 random listings. */
class ReplicaFilesTest {
    @Test
    void stateIsReachableIfThereIsAPlan() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        int reached = 0;
        int missed = 0;
        for (int round = 0; round < 5000; round++) {
            List<LtxFile> files = randomFiles(random);
            boolean[] reachable = ReplicaFiles.reachable(files);
            for (int i = 0; i < reachable.length; i++) {
                boolean planned = hasPlan(files, files.get(i).max());
                assertThat(reachable[i])
                        .as("seed=%d %s of %s", seed, files.get(i).label(), files)
                        .isEqualTo(planned);
                reached += planned ? 1 : 0;
                missed += planned ? 0 : 1;
            }
        }
        assertThat(List.of(reached, missed)).as("both happened, seed=%d", seed).allMatch(count -> count > 1000);
    }

    private static List<LtxFile> randomFiles(Random random) {
        List<LtxFile> files = new ArrayList<>();
        for (int n = random.nextInt(9); n >= 0; n--) {
            int max = 1 + random.nextInt(12);
            int kind = random.nextInt(10);
            int min = kind == 0 ? 1 : kind < 6 ? max : 1 + random.nextInt(max);
            Level level = kind == 0 ? Level.SNAPSHOT : min == max ? Level.L0 : new Level(1 + random.nextInt(3));
            LtxFileName name = new LtxFileName(new Txid(min), new Txid(max));
            files.add(new LtxFile(level, name, 200, Instant.EPOCH, "v" + n));
        }
        files.sort(Comparator.comparing(LtxFile::max));
        return files;
    }

    private static boolean hasPlan(List<LtxFile> files, Txid txid) {
        try {
            return RestorePlanner.plan(files, new Target.AtTxid(txid)).txid().equals(txid);
        } catch (PlanException _) {
            return false;
        }
    }
}
