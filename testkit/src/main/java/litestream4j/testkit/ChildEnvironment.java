package litestream4j.testkit;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a child process sees of the JVM's environment. */
final class ChildEnvironment {
    /** Own settings of the programs, and keys, profiles and proxies of the person who runs the tests. */
    private static final List<String> HIDDEN_PREFIXES =
            List.of("AWS_", "LITESTREAM_", "WEED_", "S3_", "OSS_", "AZURE_", "GOOGLE_", "STORAGE_EMULATOR_");

    private static final List<String> HIDDEN = List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY");

    /** Without these a program that finds no keys looks for them in the home folder and on the network. */
    private static final Map<String, String> ISOLATION = Map.of(
            "AWS_EC2_METADATA_DISABLED", "true",
            "AWS_CONFIG_FILE", "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE", "/dev/null");

    private ChildEnvironment() {}

    static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(ChildEnvironment::isHidden);
        environment.putAll(ISOLATION);
    }

    private static boolean isHidden(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return HIDDEN.contains(upper) || HIDDEN_PREFIXES.stream().anyMatch(upper::startsWith);
    }
}
