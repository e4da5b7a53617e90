package litestream4j.bench;

/**
 * What a generated replica looks like: a snapshot of a database, and files of changes after it.
 *
 * @param name of the replica and of its folder
 * @param items rows of a table with an indexed customer, 18 rows each, and a text of some 800 bytes
 * @param wides rows of a table in which each row fills a page
 * @param events rows of a table that nobody reads
 * @param level2 files on level 2, each of 100 transactions
 * @param level1 files on level 1, each of 10 transactions
 * @param level0 files on level 0, each of one transaction
 */
record Shape(String name, int items, int wides, int events, int level2, int level1, int level0) {
    /** Rows of {@code item} with one value of the indexed column. */
    static final int ITEMS_OF_A_CUSTOMER = 18;

    /** About 100 MB, 24,500 pages of 4 KiB, of which {@code item} takes some 14,200; 51 files. */
    static final Shape LARGE = new Shape("large", 71_000, 2000, 32_000, 5, 15, 30);

    /** 2001 files, nearly all of one small transaction. */
    static final Shape MANY = new Shape("many", 2000, 20, 500, 0, 0, 2000);

    /** About 10 MB in ten files. */
    static final Shape TEN = new Shape("ten", 7000, 200, 2000, 1, 3, 5);

    /** Some hundred pages in four files. */
    static final Shape SMALL = new Shape("small", 500, 20, 100, 0, 1, 2);

    int customers() {
        return Math.max(1, items / ITEMS_OF_A_CUSTOMER);
    }

    int files() {
        return 1 + level2 + level1 + level0;
    }
}
