package litestream4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class InteropTest {
    private @Nullable String givenFolder;
    private @Nullable String givenRequired;

    @BeforeEach
    void pointToAnEmptyFolder(@TempDir Path folder) {
        givenFolder = System.setProperty("interop.dir", folder.toString());
        givenRequired = System.clearProperty("interop.required");
    }

    @AfterEach
    void restoreProperties() {
        restore("interop.dir", givenFolder);
        restore("interop.required", givenRequired);
    }

    @Test
    void testIsSkippedWithTheWayOutWhereAProgramIsMissing() {
        assertThatThrownBy(() -> Interop.assumeAvailable(Interop.Program.LITESTREAM, Interop.Program.WEED))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining(
                        "SKIPPED: InteropTest because litestream is missing (run scripts/fetch-interop), weed");
    }

    @Test
    void testFailsWhereAProgramIsMissingButRequired() {
        System.setProperty("interop.required", "true");

        assertThatThrownBy(() -> Interop.assumeAvailable(Interop.Program.LITESTREAM))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("litestream is missing");
    }

    @Test
    void fileWithoutAStampCountsAsMissing(@TempDir Path folder) throws IOException {
        System.setProperty("interop.dir", folder.toString());
        Path weed = Files.createFile(
                folder.resolve("weed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThat(Interop.weed()).isEmpty();

        Files.createFile(folder.resolve("weed.pin"));
        assertThat(Interop.weed()).contains(weed);
    }

    private static void restore(String property, @Nullable String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }
}
