/**
 * What the pages that SQLite reads tell of the pages that it will read next. Pure: page images in, page numbers out.
 * Everything here is a hint: a wrong one costs a wasted read, never a wrong page.
 */
@NullMarked
package litestream4j.btree;

import org.jspecify.annotations.NullMarked;
