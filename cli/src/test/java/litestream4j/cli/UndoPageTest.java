package litestream4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.cli.publish.ShopReplica;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the page on undoing a mistake shows what the commands do. Method: each command of the page is run, and what it
 * writes is put in place of what stands below it; the page must stay as it is. With {@code -Dpage.update=true} the new
 * one is written.
 */
class UndoPageTest {
    private static final Path PAGE = Path.of("..", "docs", "undo.md");
    private static final String REPLICA = "file:///srv/shop";
    private static final String FOLDER = "/tmp/";
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    @TempDir
    Path folder;

    private int commands;

    @Test
    void everyExampleShowsWhatItsCommandWrites() throws Exception {
        String url = ShopReplica.publish(folder);
        String page = Files.readString(PAGE);
        List<String> written = new ArrayList<>();
        boolean inConsole = false;
        List<String> command = new ArrayList<>();
        for (String line : page.lines().toList()) {
            if (line.startsWith("```")) {
                inConsole = line.equals("```console");
                written.add(line);
            } else if (!inConsole) {
                written.add(line);
            } else if (line.startsWith("$ ") || !command.isEmpty()) {
                written.add(line);
                boolean goesOn = line.endsWith("\\");
                command.add(goesOn ? line.substring(0, line.length() - 1) : line);
                if (!goesOn) {
                    written.addAll(run(String.join("", command).substring(2), url));
                    command.clear();
                }
            }
        }
        String now = String.join("\n", written) + "\n";
        if (Boolean.getBoolean("page.update")) {
            Files.writeString(PAGE, now);
        }
        assertThat(now).isEqualTo(page);
        assertThat(commands).as("commands").isGreaterThan(8);
    }

    private List<String> run(String command, String url) throws IOException {
        commands++;
        String here = command.replace(FOLDER, folder + "/").replace(REPLICA, url);
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(here);
        while (matcher.find()) {
            String quoted = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            words.add(quoted != null ? quoted : matcher.group(3));
        }
        int redirect = words.indexOf(">");
        Path output = redirect < 0 ? null : Path.of(words.get(redirect + 1));
        List<String> arguments = words.subList(1, redirect < 0 ? words.size() : redirect);
        assertThat(words.getFirst()).isEqualTo("litestream4j");
        ToolRun run = ToolRun.of(arguments.toArray(String[]::new));
        if (output != null) {
            Files.writeString(output, run.success());
            return List.of();
        }
        String shown = (run.out() + run.err()).replace(url, REPLICA).replace(folder + "/", FOLDER);
        return shown.lines().toList();
    }
}
