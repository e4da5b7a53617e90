package litestream4j.bench;

/** An engine in a host, which is Python or the sqlite3 shell where it is not a JVM: a column of the tables. */
enum Contender {
    GO("Go 0.5.17", Engine.GO, false),
    OURS("ours", Engine.OURS, false),
    OURS_JDBC("ours, JDBC", Engine.OURS, true),
    /** The same, in a JVM that has already done the like on another replica. */
    OURS_WARM("ours, JDBC, warm JVM", Engine.OURS, true),
    PLAIN("SQLite, local file", Engine.PLAIN, false),
    PLAIN_JDBC("SQLite, local file, JDBC", Engine.PLAIN, true),
    /** No database: the bytes, as fast as the store gives them. */
    DOWNLOAD("download side by side", Engine.NONE, true),
    /** Likewise, unsigned requests by the HTTP client that comes with Java. */
    JDK_HTTP("JDK HttpClient, unsigned", Engine.NONE, true);

    /** What answers the queries. */
    enum Engine {
        GO,
        OURS,
        PLAIN,
        NONE
    }

    final String title;
    final Engine engine;
    final boolean onJvm;

    Contender(String title, Engine engine, boolean onJvm) {
        this.title = title;
        this.engine = engine;
        this.onJvm = onJvm;
    }

    boolean readsReplica() {
        return engine == Engine.GO || engine == Engine.OURS;
    }
}
