package litestream4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import litestream4j.ltx.Txid;
import litestream4j.testkit.DatabasePublisher;
import litestream4j.testkit.HostSession;
import litestream4j.testkit.Interop;
import litestream4j.testkit.Sqlite3Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the page on time travel shows what a reader gets. Method: its sessions are run, one after the other. */
class TimeTravelPageTest {
    private static final String PROMPT = "sqlite> ";
    private static final String CONTINUED = "   ...> ";

    private static final List<String> TRANSACTIONS = List.of(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, item, price);"
                    + "INSERT INTO orders VALUES (1, 'apple', 5), (2, 'pear', 8), (3, 'quince', 7);",
            "INSERT INTO orders VALUES (4, 'fig', 3), (5, 'melon', 6);",
            "UPDATE orders SET price = 9 WHERE item = 'quince';",
            "DELETE FROM orders WHERE id > 2;",
            "INSERT INTO orders VALUES (6, 'plum', 2);");

    @TempDir
    Path folder;

    @Test
    void sessionsOnThePageShowWhatTheyShow() throws IOException {
        Interop.assumeAvailable(Interop.Program.SQLITE3);
        Path extension = Product.extension();
        publish();
        Map<String, String> environment = Map.of("LITESTREAM_REPLICA_URL", "file://" + folder.resolve("replica"));
        int run = 0;
        try (HostSession shell = HostSession.shell(environment)) {
            assertThat(shell.run(".load " + extension)).isEmpty();
            for (Step step : steps(Files.readString(page()))) {
                assertThat(shell.run(step.input())).as(step.input()).isEqualTo(step.output());
                assertThat(shell.errors()).as(step.input()).isEmpty();
                run++;
            }
        }
        assertThat(run).isGreaterThan(20);
    }

    private void publish() throws IOException {
        Path database = folder.resolve("shop.db");
        DatabasePublisher publisher = new DatabasePublisher(folder.resolve("replica"));
        Instant time = Instant.parse("2026-01-15T10:30:00Z");
        for (String transaction : TRANSACTIONS) {
            String _ = Sqlite3Shell.on(database).run(transaction).success();
            Txid _ = publisher.publish(database, time);
            time = time.plusSeconds(60);
        }
    }

    /** What somebody types, and what comes. */
    private record Step(String input, String output) {}

    private static List<Step> steps(String page) {
        List<Step> steps = new ArrayList<>();
        String[] parts = page.split("```console\n", -1);
        for (int i = 1; i < parts.length; i++) {
            String session = parts[i].substring(0, parts[i].indexOf("```"));
            for (String step : session.split("(?m)^" + PROMPT, -1)) {
                if (!step.isEmpty()) {
                    steps.add(step(step));
                }
            }
        }
        return steps;
    }

    private static Step step(String text) {
        List<String> lines = text.lines().toList();
        StringBuilder input = new StringBuilder(lines.getFirst());
        int at = 1;
        while (at < lines.size() && lines.get(at).startsWith(CONTINUED)) {
            input.append('\n').append(lines.get(at++).substring(CONTINUED.length()));
        }
        StringBuilder output = new StringBuilder();
        lines.subList(at, lines.size()).forEach(line -> output.append(line).append('\n'));
        return new Step(input.toString(), output.toString());
    }

    private static Path page() {
        return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(path -> path.resolve("docs/time-travel.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }
}
