/** Measurements: the side-by-side run of engines and hosts on one store, and what it needs. */
@NullMarked
package litestream4j.bench;

import org.jspecify.annotations.NullMarked;
