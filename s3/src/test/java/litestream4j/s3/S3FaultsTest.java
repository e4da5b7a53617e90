package litestream4j.s3;

import static litestream4j.s3.S3Fixture.KEY;
import static litestream4j.s3.S3Fixture.NAME;
import static litestream4j.s3.S3Fixture.SHORT;
import static litestream4j.s3.S3Fixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import litestream4j.ltx.Txid;
import litestream4j.replica.Level;
import litestream4j.replica.LtxFile;
import litestream4j.replica.LtxObject;
import litestream4j.replica.ReplicaClient;
import litestream4j.replica.ReplicaException;
import litestream4j.testkit.S3Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3FaultsTest {
    private static final byte[] CONTENT = new byte[200_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private S3Fixture fixture;
    private ReplicaClient client;
    private LtxFile file;

    @BeforeEach
    void start() throws Exception {
        fixture = new S3Fixture();
        client = fixture.connect("db", SHORT);
        file = fixture.store(CONTENT, client);
    }

    @AfterEach
    void stop() {
        client.close();
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalError",
        "502, ''",
        "503, SlowDown",
        "504, ''",
        "429, TooManyRequests",
        "408, RequestTimeout",
        "400, RequestTimeout",
        "409, ConditionalRequestConflict",
    })
    void passingTroubleIsUnavailable(int status, String code) {
        fixture.server.failNext(S3Fault.status(status, code));
        assertThatThrownBy(() -> client.read(file, 0, 10))
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessageContaining("s3://replicas/db")
                .hasMessageContaining(file.label())
                .hasMessageContaining("HTTP " + status + (code.isEmpty() ? "" : " " + code))
                .hasMessageContaining("127.0.0.1");
        assertThat(fixture.server.takeRequests()).as("attempts").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"404, NoSuchKey", "412, PreconditionFailed", "416, InvalidRange"})
    void goneOrReplacedIsNotFound(int status, String code) {
        fixture.server.failNext(S3Fault.status(status, code));
        assertThatThrownBy(() -> client.read(file, 0, 10)).isInstanceOf(ReplicaException.NotFound.class);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, s3:GetObject",
        "403, InvalidAccessKeyId, check the credentials",
        "403, SignatureDoesNotMatch, secret access key",
        "403, RequestTimeTooSkewed, clock",
        "400, ExpiredToken, expired",
        "401, Unauthorized, must allow",
        "404, NoSuchBucket, no bucket \"replicas\"",
        "400, InvalidRequest, path style",
        "501, NotImplemented, endpoint",
    })
    void refusalSaysWhatToDo(int status, String code, String advice) {
        fixture.server.failNext(S3Fault.status(status, code));
        assertThatThrownBy(() -> client.read(file, 0, 10))
                .isInstanceOf(ReplicaException.Denied.class)
                .hasMessageContaining(code)
                .hasMessageContaining(advice)
                .hasMessageNotContainingAny("key-of-test", "secret-of-test");
        assertThat(fixture.server.takeRequests()).as("attempts").hasSize(1);
    }

    @Test
    void listOfABucketThatDoesNotExistIsDenied() {
        fixture.server.failNext(S3Fault.status(404, "NoSuchBucket"));
        assertThatThrownBy(() -> client.list(Level.L0, Txid.NONE)).isInstanceOf(ReplicaException.Denied.class);
        fixture.server.failNext(S3Fault.status(404, "NoSuchBucket"));
        assertThatThrownBy(() -> client.find(Level.L0, NAME)).isInstanceOf(ReplicaException.Denied.class);
    }

    @Test
    void wholeObjectInsteadOfARangeIsCutToIt() throws Exception {
        fixture.server.failNext(new S3Fault.WholeObject());
        try (LtxObject object = client.read(file, 70_000, 500)) {
            assertThat(object.body().readAllBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, 70_000, 70_500));
        }
    }

    @Test
    void wholeObjectOfAnotherSizeIsNotFound() {
        LtxFile shorter = new LtxFile(file.level(), file.name(), file.size() - 1, file.createdAt(), "");
        fixture.server.failNext(new S3Fault.WholeObject());
        assertThatThrownBy(() -> client.read(shorter, 0, 10)).isInstanceOf(ReplicaException.NotFound.class);
        assertThatThrownBy(() -> client.read(shorter, 0, 10)).isInstanceOf(ReplicaException.NotFound.class);
    }

    @Test
    void bodyThatIsCutShortIsUnavailableAndNotAnEnd() throws Exception {
        fixture.server.failNext(new S3Fault.Cut(1000));
        // The connection may break before or after the headers were looked at.
        assertThatThrownBy(() -> {
                    try (LtxObject object = client.read(file, 0, 5000)) {
                        object.body().readAllBytes();
                    }
                })
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessageContaining(file.label());
        assertWorks();
    }

    @Test
    void bodyThatStallsIsUnavailable() throws Exception {
        fixture.server.failNext(new S3Fault.Stall(1000));
        try (LtxObject object = client.read(file, 0, 5000)) {
            assertThat(object.body().readNBytes(1000)).isEqualTo(Arrays.copyOf(CONTENT, 1000));
            assertThatThrownBy(() -> object.body().read())
                    .isInstanceOf(ReplicaException.Unavailable.class)
                    .hasMessageContaining("no bytes for")
                    .hasMessageContaining("byte 1000 of 5000");
        }
        assertWorks();
    }

    @Test
    void silenceIsUnavailable() throws Exception {
        fixture.server.failNext(new S3Fault.Silence());
        assertThatThrownBy(() -> client.listAll())
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessageContaining("no response for");
        assertWorks();
    }

    @Test
    void brokenConnectionIsUnavailable() throws Exception {
        fixture.server.failWhen(_ -> new S3Fault.HangUp());
        assertThatThrownBy(() -> client.listAll()).isInstanceOf(ReplicaException.Unavailable.class);
        fixture.server.failWhen(_ -> null);
        assertWorks();
    }

    @Test
    void serverThatIsAwayIsUnavailable() {
        fixture.close();
        assertThatThrownBy(() -> client.listAll())
                .isInstanceOf(ReplicaException.Unavailable.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageNotContaining("null");
    }

    @Test
    void interruptEndsTheWaitForAResponse() throws Exception {
        fixture.server.failNext(new S3Fault.Silence());
        assertInterruptible(() -> client.listAll());
        assertWorks();
    }

    @Test
    void interruptEndsTheWaitForABody() throws Exception {
        fixture.server.failNext(new S3Fault.Stall(10));
        assertInterruptible(() -> {
            try (LtxObject object = client.read(file, 0, 5000)) {
                object.body().readAllBytes();
            }
        });
        assertWorks();
    }

    @Test
    void closeEndsWhatIsRunning() throws Exception {
        fixture.server.failNext(new S3Fault.Silence());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                client.listAll();
            } catch (IOException e) {
                failure.set(e);
            }
        });
        await().until(() -> !fixture.server.takeRequests().isEmpty());
        client.close();
        assertThat(reader.join(Duration.ofSeconds(1))).isTrue();
        assertThat(failure.get()).isInstanceOf(ReplicaException.Interrupted.class);
        assertThatThrownBy(() -> client.listAll()).isInstanceOf(ReplicaException.Interrupted.class);
    }

    @Test
    void slowReaderIsNotCutOff() throws Exception {
        fixture.server.put(KEY, CONTENT, TIME);
        try (LtxObject object = client.read(file, 0, 200_000)) {
            object.body().read();
            long start = System.nanoTime();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> System.nanoTime() - start
                            > SHORT.body().plusMillis(500).toNanos());
            assertThat(object.body().readAllBytes()).hasSize(199_999);
        }
    }

    private void assertWorks() throws IOException {
        try (LtxObject object = client.read(file, 5, 10)) {
            assertThat(object.body().readAllBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, 5, 15));
        }
    }

    /** Interrupts an action once its request has arrived, and expects that it ends at once. */
    private void assertInterruptible(Action action) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                action.run();
            } catch (IOException e) {
                failure.set(e);
            }
            flag.set(Thread.currentThread().isInterrupted());
        });
        await().until(() -> !fixture.server.takeRequests().isEmpty());
        await().until(() -> Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("park")
                        || frame.getMethodName().equals("poll")));
        thread.interrupt();
        assertThat(thread.join(Duration.ofMillis(900)))
                .as("ended before any time-out")
                .isTrue();
        assertThat(failure.get()).isInstanceOf(ReplicaException.Interrupted.class);
        assertThat(flag).as("interrupt status").isTrue();
    }

    private interface Action {
        void run() throws IOException;
    }
}
