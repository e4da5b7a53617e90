package litestream4j.sqlite;

import org.jspecify.annotations.Nullable;

/** A PRAGMA or an SQL function that waits for its answer; the layout is that of {@code text_request} in shim.h. */
final class TextRequest {
    private static final long KIND_TEXT = 1;
    private static final long KIND_INTEGER = 2;

    private final long address;

    TextRequest(long address) {
        this.address = address;
    }

    String name() {
        String name = NativeMemory.getString(NativeMemory.getLong(address));
        return name == null ? "" : name;
    }

    @Nullable String value() {
        return NativeMemory.getString(NativeMemory.getLong(address + 8));
    }

    void answer(Reply reply) {
        switch (reply) {
            case Reply.Nothing _ -> {}
            case Reply.Text(String text) -> {
                setText(text);
                NativeMemory.setLong(address + 32, KIND_TEXT);
            }
            case Reply.Whole(long number) -> {
                NativeMemory.setLong(address + 40, number);
                NativeMemory.setLong(address + 32, KIND_INTEGER);
            }
        }
    }

    void explain(String text) {
        setText(text);
    }

    private void setText(String text) {
        NativeMemory.setString(NativeMemory.getLong(address + 16), NativeMemory.getLong(address + 24), text);
    }
}
