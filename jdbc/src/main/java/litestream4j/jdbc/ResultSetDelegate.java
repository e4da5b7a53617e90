package litestream4j.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Rows: SQLite reads pages while it steps to the next one. */
final class ResultSetDelegate extends Delegate {
    private final Statement statement;

    private ResultSetDelegate(ResultSet target, Statement statement) {
        super(target);
        this.statement = statement;
    }

    static ResultSet wrap(ResultSet target, Statement statement) {
        return proxy(ResultSet.class, new ResultSetDelegate(target, statement));
    }

    @Override
    @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return method.getName().equals("getStatement") ? statement : super.answer(proxy, method, arguments);
    }
}
