package litestream4j.engine;

/** A queue of slot numbers in an array; who uses it sees to it that there is room. Not safe for threads. */
final class SlotRing {
    private int[] slots = {};
    private int head;
    private int size;

    int size() {
        return size;
    }

    /** Returns the queue from its head on, in an array with room for more. */
    int[] copy(int capacity) {
        int[] copy = new int[capacity];
        int first = Math.min(size, slots.length - head);
        System.arraycopy(slots, head, copy, 0, first);
        System.arraycopy(slots, 0, copy, first, size - first);
        return copy;
    }

    void use(int[] copy) {
        slots = copy;
        head = 0;
    }

    void clear() {
        head = 0;
        size = 0;
    }

    void add(int slot) {
        int tail = head + size++;
        slots[tail < slots.length ? tail : tail - slots.length] = slot;
    }

    int remove() {
        int slot = slots[head];
        head = head + 1 == slots.length ? 0 : head + 1;
        size--;
        return slot;
    }
}
