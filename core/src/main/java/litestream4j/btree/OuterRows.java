package litestream4j.btree;

import org.jspecify.annotations.Nullable;

/** Rows of the outer table of a join from one on, in the order in which a reader comes to them. */
interface OuterRows {
    /** Tells whether a row is known to follow; later it may be. */
    boolean has(int i);

    /** Returns how many are known now. */
    int size();

    /** Returns the value of the column that the join goes by, see {@link JoinColumn}; null if it is not here yet. */
    @Nullable RecordColumns value(int i);

    /** Tells whether they are what they were: if not, those that came in between are missing, or not in this order. */
    boolean areValid();
}
