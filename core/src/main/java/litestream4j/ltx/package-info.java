/**
 * The LTX file format, version 3: parsing, verifying and writing. Pure functions of bytes; uses no
 * other package of this project, does no I/O but on the streams it is given.
 */
@NullMarked
package litestream4j.ltx;

import org.jspecify.annotations.NullMarked;
