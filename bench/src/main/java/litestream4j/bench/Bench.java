package litestream4j.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The command behind {@code scripts/bench}: runs scenarios and prints their tables as Markdown. */
public final class Bench {
    private static final String USAGE = """
            Usage: scripts/bench [--quick] [--latency MS] [--only ENGINE] [--trace] [--out FILE] [--plots DIR]
                                 [SCENARIO]...
                   scripts/bench plots --plots DIR FILE...
                   scripts/bench jmh [OPTION]...

              --quick        one round and short stretches: numbers to look at, not to quote
              --latency MS   injected before each answer of the store, where requests cost time (20)
              --only ENGINE  go, ours, plain: leaves the others out
              --trace        prints each request of the cold scenarios to standard error
              --out FILE     writes the tables to a file too
              --plots DIR    draws the tables into a folder, as SVG

            "plots" measures nothing: it draws the tables of files that --out wrote, or of any Markdown with such
            tables, the last one of each title. "jmh" runs the JMH benchmarks; its options are those of JMH.

            Scenarios (all, if none is named):
            """;

    private boolean quick;
    private boolean trace;
    private long latencyMillis = 20;
    private @Nullable Path out;
    private @Nullable Path plots;
    private final Set<Contender> contenders = EnumSet.allOf(Contender.class);
    private final Set<Scenario> scenarios = EnumSet.noneOf(Scenario.class);

    private Bench() {}

    /** Runs what the arguments name; exit status 2 if they cannot be understood. */
    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        Bench bench = new Bench();
        try {
            bench.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage() + "; see scripts/bench --help");
            System.exit(2);
        }
        if (!bench.scenarios.isEmpty()) {
            bench.run();
        }
    }

    private void parse(String[] arguments) {
        boolean help = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--help", "-h" -> help = true;
                case "--quick" -> quick = true;
                case "--trace" -> trace = true;
                case "--latency" -> latencyMillis = Long.parseLong(value(arguments, ++i));
                case "--out" -> out = Path.of(value(arguments, ++i)).toAbsolutePath();
                case "--plots" -> plots = Path.of(value(arguments, ++i)).toAbsolutePath();
                case "--only" -> {
                    Contender.Engine engine =
                            Contender.Engine.valueOf(value(arguments, ++i).toUpperCase(Locale.ROOT));
                    contenders.removeIf(contender -> contender.engine != engine);
                }
                default -> scenarios.add(scenario(arguments[i]));
            }
        }
        if (help) {
            System.out.print(USAGE);
            for (Scenario scenario : Scenario.values()) {
                System.out.printf("  %-12s %s%n", scenario.name().toLowerCase(Locale.ROOT), scenario.title);
            }
            scenarios.clear();
        } else if (scenarios.isEmpty()) {
            scenarios.addAll(EnumSet.allOf(Scenario.class));
        }
    }

    static String value(String[] arguments, int i) {
        if (i >= arguments.length) {
            throw new IllegalArgumentException(arguments[i - 1] + " needs a value");
        }
        return arguments[i];
    }

    private static Scenario scenario(String name) {
        return Arrays.stream(Scenario.values())
                .filter(scenario -> scenario.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no option or scenario " + name));
    }

    private void run() throws IOException, SQLException, InterruptedException {
        if (plots != null) {
            BarChart.requireFonts();
        }
        Run run = new Run(Programs.in(Path.of("").toAbsolutePath()), quick, trace, latencyMillis, contenders);
        Instant begin = Instant.now();
        double loadBefore = load();
        for (Scenario scenario : scenarios) {
            scenario.measure(run);
        }
        String report = "Revision %s; %s to %s; load average %.2f before, %.2f after; %d processors; Java %s\n"
                        .formatted(
                                System.getProperty("bench.revision", "unknown"),
                                begin.truncatedTo(ChronoUnit.SECONDS),
                                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                                loadBefore,
                                load(),
                                Runtime.getRuntime().availableProcessors(),
                                Runtime.version())
                + run.results().markdown();
        System.out.print(report);
        if (out != null) {
            Files.writeString(out, report);
        }
        if (plots != null) {
            Plots.draw(MarkdownTables.parse(report), plots);
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
