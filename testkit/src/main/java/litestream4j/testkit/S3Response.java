package litestream4j.testkit;

import java.util.Map;

/** What a {@link ScriptedS3Server} answers. */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large enough not to be copied.
record S3Response(int status, Map<String, String> headers, byte[] body) {}
