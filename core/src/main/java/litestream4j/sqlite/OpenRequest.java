package litestream4j.sqlite;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import litestream4j.replica.Environment;

/** What the shim hands over to open a database; the layout is that of {@code open_request} in shim.h. */
final class OpenRequest {
    private final long address;

    OpenRequest(long address) {
        this.address = address;
    }

    /** Returns the label that the database was opened by. */
    String name() {
        String name = NativeMemory.getString(NativeMemory.getLong(address));
        return name == null ? "" : name;
    }

    /** Returns the parameters of the database's URI; the first of a name counts, as in SQLite. */
    Map<String, String> parameters() {
        String[] pairs = NativeMemory.getStrings(NativeMemory.getLong(address + 8));
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            parameters.putIfAbsent(pairs[i], pairs[i + 1]);
        }
        return parameters;
    }

    /**
     * Returns the host's variables: those of ours as they are now, since Java's own view is that of the JVM's start;
     * all others as Java sees them.
     */
    Environment environment() {
        Map<String, String> ours = new HashMap<>();
        for (String entry : NativeMemory.getStrings(NativeMemory.getLong(address + 16))) {
            int equals = entry.indexOf('=');
            ours.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return name -> name.startsWith("LITESTREAM_") ? ours.get(name) : System.getenv(name);
    }

    /** Returns the number to ask {@code litestream4j_interrupted} with. */
    long file() {
        return NativeMemory.getLong(address + 24);
    }

    void explain(String text) {
        NativeMemory.setString(NativeMemory.getLong(address + 32), NativeMemory.getLong(address + 40), text);
    }
}
