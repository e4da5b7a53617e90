package litestream4j.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import litestream4j.cli.demo.Demo;
import litestream4j.cli.demo.DemoFolder;
import litestream4j.cli.demo.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what this project does. */
@Command(
        name = "demo",
        description = "Makes a shop database, replicates it to a folder in small transactions, and queries the replica"
                + " meanwhile, in about 10 seconds and without a network.",
        footer = {"Examples:", "  litestream4j demo", "  litestream4j demo my-demo"})
final class DemoCommand implements Callable<Integer> {
    private static final String EXTENSION = "dist/litestream-vfs.so";

    private final Host host;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = ".work/demo",
            description = "Where database and replica are put (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of(".work", "demo");

    DemoCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        Stage stage = new Stage(host.out(), host.interactive());
        new Demo(stage, DemoFolder.prepare(folder), extension()).run();
        return ExitCode.OK;
    }

    /** Returns where the loadable extension was built to; the usual place if it is not there. */
    private static Path extension() {
        CodeSource code = DemoCommand.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = Path.of(code.getLocation().toURI());
            return Stream.iterate(jar, Objects::nonNull, Path::getParent)
                    .map(parent -> parent.resolve(EXTENSION))
                    .filter(Files::exists)
                    .findFirst()
                    .orElse(Path.of(EXTENSION));
        } catch (URISyntaxException _) {
            return Path.of(EXTENSION);
        }
    }
}
