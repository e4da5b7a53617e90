package litestream4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import litestream4j.replica.Environment;
import litestream4j.replica.Level;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaProviders;
import litestream4j.replica.ReplicaWriter;
import org.junit.jupiter.api.io.TempDir;

class FileReplicaContractTest extends ReplicaClientContract {
    @TempDir
    Path folder;

    @Override
    protected ReplicaClient connect() throws IOException {
        return ReplicaProviders.connect("file://" + root(), Environment.EMPTY);
    }

    @Override
    protected ReplicaWriter openWriter() throws IOException {
        return ReplicaProviders.openWriter("file://" + root(), Environment.EMPTY);
    }

    @Override
    protected String folder(Level level) {
        return "ltx/" + level.number() + "/";
    }

    @Override
    protected void put(String pathBelowRoot, byte[] content, Instant time) throws IOException {
        Path target = root().resolve(pathBelowRoot);
        Files.createDirectories(target.getParent());
        Path upload = Files.write(folder.resolve("upload"), content);
        Files.setLastModifiedTime(upload, FileTime.from(time));
        Files.move(upload, target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    protected void remove(String pathBelowRoot) throws IOException {
        Files.delete(root().resolve(pathBelowRoot));
    }

    private Path root() {
        return folder.resolve("the replica");
    }
}
