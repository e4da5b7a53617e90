/** How results are written: tables, CSV, JSON. */
@NullMarked
package litestream4j.cli.output;

import org.jspecify.annotations.NullMarked;
