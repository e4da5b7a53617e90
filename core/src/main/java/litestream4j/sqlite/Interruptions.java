package litestream4j.sqlite;

/** Asks the host whether the one who waits for a file has given up. */
@FunctionalInterface
interface Interruptions {
    /**
     * Asks for one file.
     *
     * @param file as {@link OpenRequest#file} gave it
     */
    boolean isInterrupted(long file);
}
