package litestream4j.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What a connection says of its database. */
final class MetaDataDelegate extends Delegate {
    private final Connection connection;
    private final String url;

    private MetaDataDelegate(DatabaseMetaData target, Connection connection, String url) {
        super(target);
        this.connection = connection;
        this.url = url;
    }

    static DatabaseMetaData wrap(DatabaseMetaData target, Connection connection, String url) {
        return proxy(DatabaseMetaData.class, new MetaDataDelegate(target, connection, url));
    }

    @Override
    @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getConnection" -> connection;
            // The URL that sqlite-jdbc was given holds the replica's, with the credentials that may be in it.
            case "getURL" -> url;
            default -> {
                Object answer = super.answer(proxy, method, arguments);
                yield answer instanceof ResultSet rows ? wrap(rows) : answer;
            }
        };
    }

    private ResultSet wrap(ResultSet rows) throws SQLException {
        Statement statement = rows.getStatement();
        return ResultSetDelegate.wrap(rows, StatementDelegate.wrap(Statement.class, statement, connection), null);
    }
}
