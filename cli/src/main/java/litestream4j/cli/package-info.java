/** The command {@code litestream4j}. */
@NullMarked
package litestream4j.cli;

import org.jspecify.annotations.NullMarked;
