/** SQL from people: scripts, and the interactive shell. */
@NullMarked
package litestream4j.cli.sql;

import org.jspecify.annotations.NullMarked;
