package litestream4j.engine;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** What lives on this JVM's heap: a collection, and then a count of all objects by the JVM itself. */
final class LiveHeap {
    private LiveHeap() {}

    /** Returns the bytes of all objects that can be reached. */
    static long bytes() {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            String[] total =
                    histogram.substring(histogram.lastIndexOf("Total")).strip().split(" +", -1);
            return Long.parseLong(total[2]);
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not count its objects", e);
        }
    }
}
