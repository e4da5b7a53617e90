package litestream4j.sqlite;

/** The answer of a PRAGMA or an SQL function. */
sealed interface Reply {
    /** No row; NULL as the result of a function. */
    Reply NOTHING = new Nothing();

    record Nothing() implements Reply {}

    record Text(String text) implements Reply {}

    record Whole(long number) implements Reply {}
}
