package litestream4j.sqlite;

import java.io.IOException;
import java.util.Optional;
import litestream4j.engine.Cancellation;
import litestream4j.engine.Engines;
import litestream4j.engine.Reader;
import litestream4j.engine.Settings;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;

/**
 * What the shim calls: one entry for all operations, and the fence around them. No exception leaves it.
 *
 * <p>The numbers are those of shim.h.
 */
final class VfsDispatcher {
    private static final System.Logger LOG = System.getLogger("litestream4j");

    private static final int OPEN = 0;
    private static final int CLOSE = 1;
    private static final int READ = 2;
    private static final int SIZE = 3;
    private static final int LOCK = 4;
    private static final int UNLOCK = 5;
    private static final int CHECK_RESERVED = 6;
    private static final int PRAGMA = 7;
    private static final int FUNCTION = 8;
    private static final int REFUSE_WRITE = 9;
    private static final int LAST_ERROR = 10;
    private static final int HISTORY_OPEN = 11;
    private static final int HISTORY_CELL = 12;
    private static final int HISTORY_CLOSE = 13;

    private final OpenFiles files = new OpenFiles();
    private final ForeignSettings foreign = new ForeignSettings();
    private final Engines engines;
    private final Interruptions interruptions;
    private final boolean logsFailures;

    /**
     * @param logsFailures whether failures go to the log: in hosts that show their users SQLite's code only
     */
    VfsDispatcher(Engines engines, Interruptions interruptions, boolean logsFailures) {
        this.engines = engines;
        this.interruptions = interruptions;
        this.logsFailures = logsFailures;
    }

    /** {@code int64_t engine_call(int64_t op, int64_t a, int64_t b, int64_t c, int64_t d)} */
    long call(long op, long a, long b, long c, long d) {
        try {
            return switch ((int) op) {
                case OPEN -> open(new OpenRequest(a));
                case CLOSE -> close(a);
                case READ -> read(a, b, (int) c, d);
                case SIZE -> files.get(a).size();
                case LOCK -> files.get(a).lock((int) b).value;
                case UNLOCK -> files.get(a).unlock((int) b).value;
                case CHECK_RESERVED -> 0;
                case PRAGMA -> pragma(a, new TextRequest(b));
                case FUNCTION -> function(a, new TextRequest(b));
                case REFUSE_WRITE -> files.get(a).refuseWrite().value;
                case LAST_ERROR -> lastError(a, b, c);
                case HISTORY_OPEN -> answer(b, files.get(a).history().begin());
                case HISTORY_CELL -> answer(b, files.get(a).history().cell(c, (int) (d >>> 8), (int) (d & 0xFF)));
                case HISTORY_CLOSE -> endHistory(a, c);
                default -> ResultCode.NOTFOUND.value;
            };
        } catch (Throwable e) { // A Throwable that leaves an upcall ends the process.
            return afterFailure((int) op, a, e);
        }
    }

    /** Decides what the shim is told; itself inside the fence, since memory may be what is missing. */
    private long afterFailure(int op, long a, Throwable failure) {
        int code = ResultCode.IOERR_READ.value;
        try {
            if (failure instanceof OutOfMemoryError) {
                code = ResultCode.IOERR_NOMEM.value;
                if (op != OPEN) {
                    // Else there may be no room for the reason, and none for the next statement.
                    files.get(a).relieve();
                }
            }
            code = ResultCode.of(failure).value;
            if (op == OPEN) {
                Failures.remember(failure);
                code = failure instanceof ReplicaException.Interrupted
                        ? ResultCode.INTERRUPT.value
                        : ResultCode.CANTOPEN.value;
                new OpenRequest(a).explain(Failures.describe(failure));
                log("cannot open", failure);
            } else {
                OpenFile file = files.get(a);
                Failures.remember(failure);
                file.fail(ResultCode.IOERR_READ, Failures.describe(failure));
                log(file.name(), failure);
            }
        } catch (Throwable _) {
            // The code goes back without its text.
        }
        return op == SIZE ? -code : code;
    }

    private void log(String what, Throwable failure) {
        if (failure instanceof ReplicaException.Interrupted) {
            return;
        }
        if (failure instanceof IOException || failure instanceof OutOfMemoryError) {
            if (logsFailures) {
                LOG.log(System.Logger.Level.ERROR, "{0}: {1}", what, Failures.describe(failure));
            }
        } else {
            // A mistake of ours: the stack would be lost behind the code.
            LOG.log(System.Logger.Level.ERROR, what + ": unexpected failure", failure);
        }
    }

    private long open(OpenRequest request) throws IOException {
        Environment environment = request.environment();
        Settings settings = Settings.resolve(request.parameters(), environment);
        foreign.check(request.name(), request.parameters(), environment);
        long file = request.file();
        Cancellation cancellation = () -> interruptions.isInterrupted(file);
        Reader reader = engines.open(settings, environment, cancellation);
        boolean opened = false;
        try {
            OpenFile opening = new OpenFile(request.name(), reader);
            opening.lookAt(request.parameters());
            int number = files.add(opening);
            opened = true;
            return (long) number << Integer.SIZE | ResultCode.OK.value;
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    private long close(long number) {
        files.remove(number).close();
        return ResultCode.OK.value;
    }

    private long read(long number, long buffer, int amount, long offset) throws IOException {
        return files.get(number).read(buffer, amount, offset).value;
    }

    private long pragma(long number, TextRequest request) throws ReplicaException.Interrupted {
        OpenFile file = files.get(number);
        try {
            Optional<Reply> reply = file.statements().pragma(request.name(), request.value());
            reply.ifPresent(request::answer);
            return (reply.isPresent() ? ResultCode.OK : ResultCode.NOTFOUND).value;
        } catch (StatementException e) {
            return refuse(request, e);
        }
    }

    private long function(long number, TextRequest request) throws ReplicaException.Interrupted {
        try {
            request.answer(files.get(number).statements().function(request.name(), request.value()));
            return ResultCode.OK.value;
        } catch (StatementException e) {
            return refuse(request, e);
        }
    }

    private static long answer(long request, Reply reply) {
        new TextRequest(request).answer(reply);
        return ResultCode.OK.value;
    }

    private long endHistory(long number, long history) {
        files.get(number).history().end(history);
        return ResultCode.OK.value;
    }

    private static long refuse(TextRequest request, StatementException reason) throws ReplicaException.Interrupted {
        if (reason.getCause() instanceof ReplicaException.Interrupted interrupted) {
            throw interrupted;
        }
        request.explain(String.valueOf(reason.getMessage()));
        return ResultCode.ERROR.value;
    }

    private long lastError(long number, long text, long capacity) {
        NativeMemory.setString(text, capacity, files.get(number).takeLastError());
        return ResultCode.OK.value;
    }
}
