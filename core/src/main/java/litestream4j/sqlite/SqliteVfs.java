package litestream4j.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Brings the VFS into an SQLite library that runs in this JVM. */
public final class SqliteVfs {
    /** The name of the VFS, for {@code vfs=litestream} in a database's URI. */
    public static final String NAME = "litestream";

    /** The shim's entry point, as second argument of {@code load_extension}. */
    public static final String ENTRY_POINT = "sqlite3_litestreamvfs_init";

    /** What a refused write says, in every layer that is not SQLite itself. */
    public static final String READ_ONLY = ReadOnlyException.TEXT;

    private static final String LIBRARY = "litestream-vfs.so";

    private SqliteVfs() {}

    /** Loads an extension into an SQLite library. */
    @FunctionalInterface
    public interface ExtensionLoader<E extends Exception> {
        /**
         * Loads it.
         *
         * @param file of the extension
         * @param entryPoint name of its init function
         */
        void load(Path file, String entryPoint) throws E;
    }

    /**
     * Registers the VFS, served by this program's engine, in the library that the loader stands for. The extension
     * stays loaded for the life of the process; its file is not needed afterwards.
     *
     * @throws IOException if the shim cannot be unpacked, or there is none for this platform
     */
    @SuppressWarnings("restricted") // Our own library, from our own jar.
    public static <E extends Exception> void install(ExtensionLoader<E> loader) throws IOException, E {
        try (UnpackFolder folder = UnpackFolder.create(Path.of(System.getProperty("java.io.tmpdir")))) {
            Path file = folder.path().resolve(LIBRARY);
            unpack(file);
            NativeEntry.attach(SymbolLookup.libraryLookup(file, Arena.global()));
            loader.load(file, ENTRY_POINT);
        }
    }

    private static void unpack(Path file) throws IOException {
        String platform = platform();
        try (InputStream library = SqliteVfs.class.getResourceAsStream("native/" + platform + "/" + LIBRARY)) {
            if (library == null) {
                throw new IOException(
                        "no native library for %s in litestream4j-core: this build has none for this platform"
                                .formatted(platform));
            }
            Files.copy(library, file);
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String name = system.startsWith("mac") ? "macos" : system.startsWith("windows") ? "windows" : "linux";
        return name + "-" + (machine.equals("amd64") ? "x86_64" : machine);
    }
}
