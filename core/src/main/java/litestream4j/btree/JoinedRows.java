package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that another join leads to, as far as it has asked for them: the outer ones of the next join. */
final class JoinedRows implements OuterRows {
    private final Join join;
    private final int beginning;
    private final JoinColumn column;
    private final PageSource known;
    private final RecordColumns row = new RecordColumns();
    private final List<Place> places = new ArrayList<>();

    /** The next row of that join. */
    private int next;

    private record Place(long page, long rowid) {}

    /** @param first the row of that join to begin with */
    JoinedRows(Join join, int first, JoinColumn column, PageSource known) {
        this.join = join;
        this.beginning = join.beginnings();
        this.next = first;
        this.column = column;
        this.known = known;
    }

    @Override
    public boolean has(int i) {
        while (i >= places.size()) {
            Way way = areValid() ? join.wayOf(next) : null;
            if (way == null || !way.isDone()) {
                return false;
            }
            for (int k = 0; k < way.rows(); k++) {
                places.add(new Place(way.row(k), way.rowid(k)));
            }
            next++;
        }
        return true;
    }

    @Override
    public int size() {
        return places.size();
    }

    @Override
    public @Nullable RecordColumns value(int i) {
        Place place = places.get(i);
        byte[] page = known.peek(place.page);
        return page != null && row.readRow(page, place.page, place.rowid) ? column.valueOf(row) : null;
    }

    @Override
    public boolean areValid() {
        return join.beginnings() == beginning;
    }
}
