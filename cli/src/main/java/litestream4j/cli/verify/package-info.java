/** Checks a replica: its files, its chains, and the state that they lead to. */
@NullMarked
package litestream4j.cli.verify;

import org.jspecify.annotations.NullMarked;
