package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackFolderTest {
    @TempDir
    private Path parent;

    private long dead;

    @BeforeEach
    void findTheNumberOfADeadProcess() throws Exception {
        Process process = new ProcessBuilder("/bin/true").start();
        dead = process.pid();
        process.waitFor();
    }

    @Test
    void itIsPrivateAndGoneAfterwards() throws IOException {
        Path path;
        try (UnpackFolder folder = UnpackFolder.create(parent)) {
            path = folder.path();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            Files.writeString(path.resolve("library.so"), "library");
        }
        assertThat(path).doesNotExist();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatAKilledProcessLeftIsSweptAway() throws IOException {
        Path left = folder("litestream4j-" + dead + "-123", "rwx------");
        UnpackFolder.create(parent).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void whatMayBeInUseOrIsNotOursStays() throws IOException {
        Path living = folder("litestream4j-" + ProcessHandle.current().pid() + "-123", "rwx------");
        Path others = folder("litestream4j-" + dead + "-shared", "rwx------");
        Path open = folder("litestream4j-" + dead + "-1", "rwxrwxrwx");
        Path young = folder("litestream4j-" + dead + "-2", "rwx------");
        Files.setLastModifiedTime(young, FileTime.from(Instant.now()));
        Path elsewhere = folder("elsewhere", "rwx------");
        Path link = Files.createSymbolicLink(parent.resolve("litestream4j-" + dead + "-3"), elsewhere);
        UnpackFolder.create(parent).close();
        assertThat(new Path[] {living, others, open, young, elsewhere, link})
                .allSatisfy(path -> assertThat(path.resolve("library.so")).exists());
    }

    private Path folder(String name, String permissions) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(name));
        Files.writeString(folder.resolve("library.so"), "library");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(UnpackFolder.IN_USE.multipliedBy(2))));
        return folder;
    }
}
