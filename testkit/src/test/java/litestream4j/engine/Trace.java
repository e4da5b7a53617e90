package litestream4j.engine;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/** What happened last in a simulated life. Texts are made of it only after a failure. */
final class Trace {
    private static final int NOTES_MAX = 80;

    private final Deque<Note> notes = new ArrayDeque<>();
    private final FakeTime time;

    Trace(FakeTime time) {
        this.time = time;
    }

    private record Note(Instant time, String what, Object[] about) {
        @Override
        public String toString() {
            return time + " " + what.formatted(about);
        }
    }

    void note(String what, Object... about) {
        if (notes.size() == NOTES_MAX) {
            notes.removeFirst();
        }
        notes.addLast(new Note(time.now(), what, about));
    }

    @Override
    public String toString() {
        return notes.stream().map(Note::toString).collect(Collectors.joining("\n"));
    }
}
