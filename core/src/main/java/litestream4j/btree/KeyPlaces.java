package litestream4j.btree;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the entries of an index of a WITHOUT ROWID table have the table's key. An entry holds the columns of the index,
 * and behind them those of the key that are not among them.
 *
 * @param columns number of columns of an entry
 * @param key where each column of the key is
 * @see <a href="https://www.sqlite.org/fileformat2.html#representation_of_sql_indices">Indexes of such tables</a>
 */
record KeyPlaces(int columns, List<Place> key) {
    /** @param isDescending whether the table is in descending order of it */
    record Place(int column, boolean isDescending) {}

    /** @param key columns of the table's key, all compared by their bytes */
    static KeyPlaces of(List<KeyColumn> key, List<KeyColumn> index) {
        List<Place> places = new ArrayList<>();
        int columns = index.size();
        for (KeyColumn column : key) {
            int among = placeIn(index, column.name());
            places.add(new Place(among < 0 ? columns++ : among, column.isDescending()));
        }
        return new KeyPlaces(columns, List.copyOf(places));
    }

    private static int placeIn(List<KeyColumn> index, String name) {
        for (int i = 0; i < index.size(); i++) {
            // With another collation it does not tell rows apart that the key does, and so is there a second time.
            if (index.get(i).isBinary() && index.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Compares the row of an entry with another one, which begins with the key, in the order of the table. */
    int compare(RecordColumns entry, RecordColumns row) {
        for (int i = 0; i < key.size(); i++) {
            Place place = key.get(i);
            int order = entry.compare(place.column, row, i);
            if (order != 0) {
                return place.isDescending ? -order : order;
            }
        }
        return 0;
    }
}
