package litestream4j.bench;

/** The statements that all contenders run, on the tables of {@link Shape}. */
final class Queries {
    static final String FIRST_ROW = "SELECT id FROM item LIMIT 1";
    static final String BY_ID = "SELECT body FROM item WHERE id = ?";

    /** The keys in (first, second parameter], in their order. */
    static final String SCAN = "SELECT sum(length(body)) FROM item WHERE id > ? AND id <= ?";

    static final String WHOLE_SCAN = "SELECT sum(length(body)) FROM item";

    /** Touches each page of the table, and nearly nothing on it. */
    static final String EACH_PAGE = "SELECT count(*) FROM wide";

    static final String TICKER = "SELECT n FROM ticker";

    private Queries() {}

    static String byId(int id) {
        return "SELECT body FROM item WHERE id = " + id;
    }

    /** Reads {@link Shape#ITEMS_OF_A_CUSTOMER} rows by the secondary index. */
    static String ofCustomer(int customer) {
        return "SELECT id, length(body) FROM item WHERE customer = " + customer;
    }

    /** Reads the rows of customers that follow each other, each by the secondary index. */
    static String ofCustomers(int first, int count) {
        return "SELECT sum(length(body)) FROM item WHERE customer BETWEEN %d AND %d"
                .formatted(first, first + count - 1);
    }

    /** Looks up rows by keys drawn evenly from the table, in one statement; another draw for each parameter. */
    static String uniform(Shape shape, int lookups) {
        String sql = """
                WITH RECURSIVE draw(n, x) AS (
                    SELECT 1, 1 + 7919 * ? UNION ALL
                    SELECT n + 1, (x * 1103515245 + 12345) % 2147483648 FROM draw WHERE n < LOOKUPS)
                SELECT sum(length(body)) FROM draw CROSS JOIN item ON item.id = 1 + (x / 16) % ITEMS
                """;
        return sql.replace("LOOKUPS", Integer.toString(lookups))
                .replace("ITEMS", Integer.toString(shape.items()))
                .replace('\n', ' ');
    }
}
