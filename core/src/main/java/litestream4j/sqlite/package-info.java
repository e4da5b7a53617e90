/**
 * The VFS "litestream": what SQLite calls, over the engine. The only package that touches native memory. Every call
 * from native code goes through one fence, since an exception that left it would end the process.
 */
@NullMarked
package litestream4j.sqlite;

import org.jspecify.annotations.NullMarked;
