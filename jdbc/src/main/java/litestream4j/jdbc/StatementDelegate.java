package litestream4j.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement, prepared or not. */
final class StatementDelegate extends Delegate {
    private final Statement target;
    private final Connection connection;

    /** sqlite-jdbc has one result set a statement, and uses it again. */
    private @Nullable ResultSet wrapped;

    private @Nullable ResultSet wrapper;

    private StatementDelegate(Statement target, Connection connection) {
        super(target);
        this.target = target;
        this.connection = connection;
    }

    static <T extends Statement> T wrap(Class<T> type, T target, Connection connection) {
        return proxy(type, new StatementDelegate(target, connection));
    }

    @Override
    @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("getConnection")) {
            return connection;
        }
        Object answer = name.startsWith("execute") && target.getQueryTimeout() > 0
                ? timed(proxy, method, arguments)
                : super.answer(proxy, method, arguments);
        // By what the method promises: sqlite-jdbc's rows are their own ResultSetMetaData.
        return answer instanceof ResultSet rows && method.getReturnType() == ResultSet.class
                ? wrap(rows, (Statement) proxy)
                : answer;
    }

    /** sqlite-jdbc takes the query timeout for waits on locks only. */
    private @Nullable Object timed(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        int seconds = target.getQueryTimeout();
        try (QueryTimeout timeout = QueryTimeout.begin(target, seconds)) {
            try {
                return super.answer(proxy, method, arguments);
            } catch (InvocationTargetException e) {
                if (timeout.isOver() && e.getCause() instanceof SQLException failure) {
                    SQLException reason = Reasons.explain(failure);
                    throw new SQLTimeoutException(
                            "not finished within the query timeout of %d s: %s".formatted(seconds, reason.getMessage()),
                            reason.getSQLState(),
                            reason.getErrorCode(),
                            reason);
                }
                throw e;
            }
        }
    }

    private ResultSet wrap(ResultSet rows, Statement proxy) {
        ResultSet known = wrapper;
        if (known == null || !rows.equals(wrapped)) {
            known = ResultSetDelegate.wrap(rows, proxy);
            wrapper = known;
            wrapped = rows;
        }
        return known;
    }
}
