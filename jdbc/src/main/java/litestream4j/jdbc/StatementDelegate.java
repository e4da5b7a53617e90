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

    /** sqlite-jdbc takes the query timeout for waits on locks only. */
    private final QueryTimeout timeout;

    /** sqlite-jdbc has one result set a statement, and uses it again. */
    private @Nullable ResultSet wrapped;

    private @Nullable ResultSet wrapper;

    private StatementDelegate(Statement target, Connection connection) {
        super(target);
        this.target = target;
        this.connection = connection;
        this.timeout = new QueryTimeout(target);
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
        if (name.equals("close")) {
            timeout.close();
        }
        Object answer =
                name.startsWith("execute") ? execute(proxy, method, arguments) : super.answer(proxy, method, arguments);
        // By what the method promises: sqlite-jdbc's rows are their own ResultSetMetaData.
        return answer instanceof ResultSet rows && method.getReturnType() == ResultSet.class
                ? wrap(rows, (Statement) proxy)
                : answer;
    }

    private @Nullable Object execute(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object answer = timed(() -> super.answer(proxy, method, arguments));
        if (!(answer instanceof ResultSet) && !Boolean.TRUE.equals(answer)) {
            hasNoMoreRows();
        }
        return answer;
    }

    /** Takes back the timer, as there are no more rows. */
    void hasNoMoreRows() {
        timeout.close();
    }

    /** Makes a call within the query timeout, if there is one. */
    @Nullable Object timed(Call call) throws Throwable {
        int seconds = target.isClosed() ? 0 : target.getQueryTimeout();
        if (seconds <= 0) {
            return call.make();
        }
        timeout.begin(seconds);
        boolean answered = false;
        try {
            Object answer = call.make();
            answered = true;
            return answer;
        } catch (InvocationTargetException e) {
            if (timeout.end() && e.getCause() instanceof SQLException failure) {
                SQLException reason = Reasons.explain(failure);
                throw new SQLTimeoutException(
                        "not finished within the query timeout of %d s: %s".formatted(seconds, reason.getMessage()),
                        reason.getSQLState(),
                        reason.getErrorCode(),
                        reason);
            }
            throw e;
        } finally {
            timeout.end();
            if (!answered) {
                timeout.close();
            }
        }
    }

    private ResultSet wrap(ResultSet rows, Statement proxy) {
        ResultSet known = wrapper;
        if (known == null || !rows.equals(wrapped)) {
            known = ResultSetDelegate.wrap(rows, proxy, this);
            wrapper = known;
            wrapped = rows;
        }
        return known;
    }

    /** A call of sqlite-jdbc. */
    @FunctionalInterface
    interface Call {
        @Nullable Object make() throws Throwable;
    }
}
