package litestream4j.sqlite;

import java.util.Arrays;

/**
 * The schema version that one connection is told, view after view. SQLite reads the schema again where it is another
 * one than before. The database's own counts its changes, and so does not tell two databases apart, or two that went
 * on from the same state: the tables of the one would be looked for where the other one has them. So where the schema
 * may be another one, and the version could have been told already, a greater one is told instead, and from then on
 * so many more are added.
 */
final class SchemaVersion {
    /** The kind of a b-tree page without children: the whole schema is there, but for the ends of long texts. */
    private static final byte TABLE_LEAF = 13;

    private int added;

    /** The greatest version that was told, unsigned. */
    private int greatest;

    private int said;
    private int era;

    /** The root of the schema in the last view; empty before the first one. */
    private byte[] root = {};

    /**
     * Returns what to tell of the next view.
     *
     * @param page the first page, as the replica has it
     * @param inEra the view's era
     */
    int next(byte[] page, int inEra) {
        int says = PageOne.schemaVersion(page);
        int told = says + added;
        boolean first = root.length == 0;
        if (!first && !isSame(page, says, inEra) && Integer.compareUnsigned(told, greatest) <= 0) {
            told = greatest + 1;
            added = told - says;
            greatest = told;
        } else if (first || Integer.compareUnsigned(told, greatest) > 0) {
            greatest = told;
        }
        said = says;
        era = inEra;
        root = Arrays.copyOfRange(page, PageOne.HEADER_BYTES, page.length);
        return told;
    }

    /** Children of the root are not looked at: reading them would cost requests that nobody may need. */
    private boolean isSame(byte[] page, int says, int inEra) {
        return says == said
                && (page[PageOne.HEADER_BYTES] == TABLE_LEAF || inEra == era)
                && Arrays.equals(page, PageOne.HEADER_BYTES, page.length, root, 0, root.length);
    }
}
