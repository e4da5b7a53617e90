/** A replica that lives for some seconds, to be looked at. */
@NullMarked
package litestream4j.cli.demo;

import org.jspecify.annotations.NullMarked;
