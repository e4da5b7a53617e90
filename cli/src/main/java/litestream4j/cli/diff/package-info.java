/** Compares two states of a replica, row by row. */
@NullMarked
package litestream4j.cli.diff;

import org.jspecify.annotations.NullMarked;
