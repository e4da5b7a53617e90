package litestream4j.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import litestream4j.engine.Snapshot;

/**
 * The first page as SQLite has to see it. A function of page and view alone, so that any slice that SQLite reads,
 * whenever it reads it, agrees with all others.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_database_header">The database header</a>
 */
final class PageOne {
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final int WRITE_VERSION = 18;
    private static final int READ_VERSION = 19;
    private static final int CHANGE_COUNTER = 24;
    private static final int DATABASE_PAGES = 28;
    private static final int SCHEMA_VERSION = 40;
    private static final int VERSION_VALID_FOR = 92;

    /** Where the root of the schema table begins. */
    static final int HEADER_BYTES = 100;

    /** A rollback journal, not a WAL: SQLite looks for no WAL file then. */
    private static final byte JOURNAL = 1;

    private PageOne() {}

    /**
     * Returns a copy of the first page, fitted to its view.
     *
     * <p>The primary's change counter cannot be used: in WAL mode it does not change with every transaction. The
     * number of the view does, and stays while the view stays, which is what keeps SQLite's page cache warm. The
     * same number as version-valid-for makes SQLite trust the size in the header, which is set to the view's.
     *
     * @param schemaVersion see {@link SchemaVersion}
     */
    static byte[] of(byte[] page, Snapshot view, int schemaVersion) {
        byte[] fitted = page.clone();
        fitted[WRITE_VERSION] = JOURNAL;
        fitted[READ_VERSION] = JOURNAL;
        INT_BE.set(fitted, CHANGE_COUNTER, view.epoch());
        INT_BE.set(fitted, DATABASE_PAGES, (int) view.commit().pages());
        INT_BE.set(fitted, SCHEMA_VERSION, schemaVersion);
        INT_BE.set(fitted, VERSION_VALID_FOR, view.epoch());
        return fitted;
    }

    /** Returns the schema version that a first page says. */
    static int schemaVersion(byte[] page) {
        return (int) INT_BE.get(page, SCHEMA_VERSION);
    }
}
