/** Puts a state of a replica into a plain database file, from whole files that are verified on the way. */
@NullMarked
package litestream4j.cli.restore;

import org.jspecify.annotations.NullMarked;
