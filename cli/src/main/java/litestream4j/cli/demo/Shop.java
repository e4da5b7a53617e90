package litestream4j.cli.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.sqlite.JDBC;

/** The database of a small shop, as its owner sees it. Used by one thread at a time. */
final class Shop implements AutoCloseable {
    private static final int CUSTOMERS = 600;
    private static final int PRODUCTS = 80;
    private static final int ORDERS = 5000;

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL)",
            "CREATE TABLE products(id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL NOT NULL)",
            "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers,"
                    + " product INTEGER NOT NULL REFERENCES products, pieces INTEGER NOT NULL, note TEXT)",
            "CREATE INDEX orders_by_customer ON orders(customer)",
            "CREATE INDEX orders_by_product ON orders(product)");

    private static final String[] FIRST_NAMES = {"Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana"};
    private static final String[] LAST_NAMES = {"Abel", "Berg", "Cruz", "Dietz", "Endo", "Fuchs", "Gray", "Haas"};
    private static final String[] CITIES = {"Berlin", "Lima", "Oslo", "Perth", "Quito", "Rome", "Tokyo", "Ulm"};
    private static final String[] COLOURS = {"red", "green", "blue", "white", "black", "grey", "pink", "gold"};
    private static final String[] THINGS = {
        "chair", "table", "lamp", "shelf", "clock", "vase", "mirror", "rug", "basket", "bench"
    };

    private final Connection connection;
    private final Random random = new Random(1);

    private Shop(Connection connection) {
        this.connection = connection;
    }

    /** Makes the database, filled, in WAL mode as a primary's. */
    static Shop create(Path file) throws SQLException {
        Shop shop = new Shop(JDBC.createConnection("jdbc:sqlite:" + file, new Properties()));
        shop.execute("PRAGMA journal_mode = WAL");
        shop.execute("PRAGMA synchronous = NORMAL");
        shop.execute("BEGIN");
        for (String statement : SCHEMA) {
            shop.execute(statement);
        }
        shop.fill();
        shop.execute("COMMIT");
        return shop;
    }

    private void fill() throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO customers(name, city) VALUES (?, ?)")) {
            for (int i = 0; i < CUSTOMERS; i++) {
                insert.setString(1, pick(FIRST_NAMES) + " " + pick(LAST_NAMES));
                insert.setString(2, pick(CITIES));
                insert.executeUpdate();
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO products(name, price) VALUES (?, ?)")) {
            for (int i = 0; i < PRODUCTS; i++) {
                insert.setString(1, COLOURS[i % COLOURS.length] + " " + THINGS[i / COLOURS.length]);
                insert.setDouble(2, 5 + random.nextInt(20_000) / 100.0);
                insert.executeUpdate();
            }
        }
        insertOrders(ORDERS);
    }

    /** Takes orders in one transaction, and changes a price now and then. */
    void takeOrders(int orders) throws SQLException {
        execute("BEGIN");
        insertOrders(orders);
        if (random.nextInt(4) == 0) {
            execute("UPDATE products SET price = round(price * 1.01, 2) WHERE id = " + (1 + random.nextInt(PRODUCTS)));
        }
        execute("COMMIT");
    }

    private void insertOrders(int orders) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO orders(customer, product, pieces, note) VALUES (?, ?, ?, ?)")) {
            for (int i = 0; i < orders; i++) {
                insert.setInt(1, 1 + random.nextInt(CUSTOMERS));
                insert.setInt(2, 1 + random.nextInt(PRODUCTS));
                insert.setInt(3, 1 + random.nextInt(5));
                insert.setString(4, random.nextInt(10) == 0 ? "gift for " + pick(FIRST_NAMES) : null);
                insert.executeUpdate();
            }
        }
    }

    long orders() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM orders")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private String pick(String[] words) {
        return words[random.nextInt(words.length)];
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
