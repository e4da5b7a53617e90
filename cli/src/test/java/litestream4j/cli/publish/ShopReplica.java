package litestream4j.cli.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import litestream4j.cli.Databases;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaUrl;

/** A replica with a short history, in which somebody forgot a WHERE: that of the page on undoing it. */
public final class ShopReplica {
    private static final Instant BEGIN = Instant.parse("2026-01-15T10:30:00Z");

    private static final String[][] TRANSACTIONS = {
        {
            "CREATE TABLE product(id INTEGER PRIMARY KEY, name TEXT, price REAL)",
            "CREATE TABLE orders(id INTEGER PRIMARY KEY, product INTEGER, amount INTEGER)",
            "INSERT INTO product VALUES (1, 'apple', 0.5), (2, 'pear', 0.7), (3, 'quince', 1.2)"
        },
        {"INSERT INTO orders VALUES (1, 1, 10), (2, 3, 2)"},
        {"INSERT INTO product VALUES (4, 'medlar', 3.0)"},
        {"UPDATE product SET price = 0.6"},
        {"INSERT INTO orders VALUES (3, 4, 5)", "DELETE FROM orders WHERE id = 2"}
    };

    private ShopReplica() {}

    /** Writes it, a transaction a minute, and returns its URL. */
    public static String publish(Path folder) throws IOException, SQLException {
        Path database = Files.createDirectories(folder).resolve("shop.db");
        ReplicaUrl url = ReplicaUrl.parse("file://" + folder.resolve("shop").toAbsolutePath());
        try (Connection connection = Databases.local(database)) {
            for (int i = 0; i < TRANSACTIONS.length; i++) {
                Databases.execute(connection, TRANSACTIONS[i]);
                Instant time = BEGIN.plusSeconds(60L * i);
                try (Publisher publisher = Publisher.of(database, null, url, Environment.EMPTY, () -> time)) {
                    Publication _ = publisher.publish(i == 2);
                }
            }
        }
        return url.displayName();
    }
}
