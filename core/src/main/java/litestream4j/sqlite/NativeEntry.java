package litestream4j.sqlite;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import litestream4j.engine.Engines;

/**
 * The function pointers that shim and engine exchange: two where a Java program brings both, and one where a host has
 * made so many calls that it pays, see {@link HostEntry}. All integers of 64 bits:
 * each further shape of a call costs time when it is linked, and this one means the same in every calling convention.
 */
public final class NativeEntry {
    private static final FunctionDescriptor ENGINE_CALL = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private static final FunctionDescriptor LONG_TO_LONG =
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    private NativeEntry() {}

    /** Gives this program's engine to a shim that it loaded. */
    static void attach(SymbolLookup shim) {
        Interruptions interruptions =
                interruptions(shim.findOrThrow("litestream4j_interrupted").address());
        long _ = invoke(
                downcall(shim.findOrThrow("litestream4j_attach")),
                engineCall(new VfsDispatcher(Engines.process(), interruptions, false))
                        .address());
    }

    /** Returns a pointer to {@code engine_call}; what it points to lets no exception out. */
    @SuppressWarnings("restricted") // The shim keeps the pointer for good, so does the global arena.
    static MemorySegment engineCall(VfsDispatcher dispatcher) {
        try {
            MethodHandle call = MethodHandles.lookup()
                    .bind(
                            dispatcher,
                            "call",
                            MethodType.methodType(
                                    long.class, long.class, long.class, long.class, long.class, long.class));
            return Linker.nativeLinker().upcallStub(call, ENGINE_CALL, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the engine has no entry", e);
        }
    }

    private static Interruptions interruptions(long address) {
        MethodHandle asked = downcall(MemorySegment.ofAddress(address));
        return file -> invoke(asked, file) != 0;
    }

    @SuppressWarnings("restricted") // Both functions are the shim's own, of this shape.
    private static MethodHandle downcall(MemorySegment function) {
        return Linker.nativeLinker().downcallHandle(function, LONG_TO_LONG);
    }

    private static long invoke(MethodHandle function, long argument) {
        try {
            return (long) function.invokeExact(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
