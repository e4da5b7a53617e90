/** What the loadable extension adds to the engine: its log. The command line uses it too. */
@NullMarked
package litestream4j.extension;

import org.jspecify.annotations.NullMarked;
