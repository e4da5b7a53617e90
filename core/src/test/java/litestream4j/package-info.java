/** What the tests of several packages share. */
@NullMarked
package litestream4j;

import org.jspecify.annotations.NullMarked;
