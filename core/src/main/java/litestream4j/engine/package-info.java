/**
 * The engine: which files make a view, where each page lies, and how its bytes come here. One engine serves all
 * connections of a process to one replica; views are immutable values.
 */
@NullMarked
package litestream4j.engine;

import org.jspecify.annotations.NullMarked;
