package litestream4j.cli.output;

/** The text form of SQLite's numbers. */
final class Numbers {
    private Numbers() {}

    /** Returns a number as SQL and JSON read it back. They have no infinity: it becomes a number out of range. */
    static String text(Number number) {
        double real = number.doubleValue();
        if (Double.isInfinite(real)) {
            return real > 0 ? "9.0e+999" : "-9.0e+999";
        }
        return number.toString();
    }
}
