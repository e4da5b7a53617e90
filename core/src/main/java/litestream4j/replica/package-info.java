/**
 * Access to the files of a replica, whatever service holds them: listing by level, reading by range,
 * and the errors that a caller can act on.
 */
@NullMarked
package litestream4j.replica;

import org.jspecify.annotations.NullMarked;
