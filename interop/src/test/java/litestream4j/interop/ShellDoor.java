package litestream4j.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import litestream4j.testkit.HostSession;

/** The system's {@code sqlite3} shell with the extension loaded. */
final class ShellDoor implements Door {
    private static final Pattern ERROR = Pattern.compile("(?m)^(?:Error|Parse error|Runtime error).*$");

    private final HostSession shell;
    private int errorsSeen;

    ShellDoor(String uri, Map<String, String> environment) throws IOException {
        this.shell = HostSession.shell(environment);
        try {
            run(".load " + Product.extension() + "\n.open '" + uri + "'");
        } catch (IOException | RuntimeException | Error e) {
            shell.close();
            throw e;
        }
    }

    @Override
    public List<String> rows(String sql) throws IOException {
        return run(sql + ";").lines().toList();
    }

    @Override
    public void backup(Path file) throws IOException {
        run(".backup '" + file + "'");
    }

    @Override
    public String dump(Path scratch) throws IOException {
        return run(".dump");
    }

    @Override
    public OptionalLong host() {
        return OptionalLong.of(shell.pid());
    }

    @Override
    public void close() throws IOException {
        shell.close();
    }

    private String run(String script) throws IOException {
        String answer = shell.run(script);
        String errors = shell.errors();
        Matcher matcher = ERROR.matcher(errors).region(errorsSeen, errors.length());
        errorsSeen = errors.length();
        if (matcher.find()) {
            throw new StatementFailedException(matcher.group());
        }
        return answer;
    }
}
