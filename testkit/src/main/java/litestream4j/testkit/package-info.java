/**
 * What tests and benchmarks of every module stand on: launchers of the real programs (the primary, an object store,
 * foreign hosts), a simulated primary, and stores with faults.
 */
@NullMarked
package litestream4j.testkit;

import org.jspecify.annotations.NullMarked;
