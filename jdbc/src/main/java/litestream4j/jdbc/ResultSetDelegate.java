package litestream4j.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Rows: SQLite reads pages while it steps to the next one. */
final class ResultSetDelegate extends Delegate {
    private final Statement statement;
    private final @Nullable StatementDelegate owner;

    private ResultSetDelegate(ResultSet target, Statement statement, @Nullable StatementDelegate owner) {
        super(target);
        this.statement = statement;
        this.owner = owner;
    }

    /**
     * Wraps rows.
     *
     * @param owner whose query timeout holds for each step, if one does
     */
    static ResultSet wrap(ResultSet target, Statement statement, @Nullable StatementDelegate owner) {
        return proxy(ResultSet.class, new ResultSetDelegate(target, statement, owner));
    }

    @Override
    @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getStatement" -> statement;
            case "next" -> next(proxy, method, arguments);
            case "close" -> {
                if (owner != null) {
                    owner.hasNoMoreRows();
                }
                yield super.answer(proxy, method, arguments);
            }
            default -> super.answer(proxy, method, arguments);
        };
    }

    private @Nullable Object next(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (owner == null) {
            return super.answer(proxy, method, arguments);
        }
        Object more = owner.timed(() -> super.answer(proxy, method, arguments));
        if (Boolean.FALSE.equals(more)) {
            owner.hasNoMoreRows();
        }
        return more;
    }
}
