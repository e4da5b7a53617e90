package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;

/** Rows one behind the other: those of a leaf, and in a scan of the next ones as well, as far as these are here. */
final class ScannedRows implements OuterRows {
    /** More than have the rows that are ahead of a reader; damaged pages may lead in a circle. */
    private static final int LEAVES_MAX = 1024;

    private final PageSource known;
    private final InteriorTrail trail;
    private final JoinColumn column;
    private final int direction;

    /** The leaf that was added last; 0 if none was. */
    private long last;

    private int leaves;
    private final List<RecordColumns> values = new ArrayList<>();

    /** @param direction 1 in key order, -1 against it */
    ScannedRows(PageSource known, InteriorTrail trail, long leaf, JoinColumn column, int direction) {
        this.known = known;
        this.trail = trail;
        this.column = column;
        this.direction = direction;
        add(leaf);
    }

    @Override
    public boolean has(int i) {
        while (i >= values.size()) {
            if (!goOn()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int size() {
        return values.size();
    }

    @Override
    public RecordColumns value(int i) {
        return values.get(i);
    }

    @Override
    public boolean areValid() {
        return true;
    }

    private boolean goOn() {
        InteriorPage parent = last == 0 || leaves == LEAVES_MAX ? null : trail.findParentOf(last);
        if (parent == null || parent.run == null) {
            return false; // No scan: what is on the next leaf is not read.
        }
        int next = parent.positionOf(last) + direction;
        return parent.has(next) && add(parent.child(next));
    }

    private boolean add(long leaf) {
        byte[] page = known.peek(leaf);
        if (page == null || BtreePage.isInterior(page, leaf)) {
            return false;
        }
        last = leaf;
        leaves++;
        int cells = BtreePage.cells(page, leaf);
        for (int i = 0; i < cells; i++) {
            values.add(column.valueIn(page, leaf, direction > 0 ? i : cells - 1 - i));
        }
        return true;
    }
}
