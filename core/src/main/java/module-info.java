/** The engine: LTX format, replica access, snapshots, page cache, and the SQLite VFS over it. */
module litestream4j.core {
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.lz4.java;

    exports litestream4j.ltx;
    exports litestream4j.replica;
    exports litestream4j.engine;
    exports litestream4j.sqlite;

    uses litestream4j.replica.ReplicaProvider;

    provides litestream4j.replica.ReplicaProvider with
            litestream4j.replica.FileReplicaProvider;
}
