/** Writes a local database to a replica. */
@NullMarked
package litestream4j.cli.publish;

import org.jspecify.annotations.NullMarked;
