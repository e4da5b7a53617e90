/** JMH benchmarks of what this package hides. */
@NullMarked
package litestream4j.ltx;

import org.jspecify.annotations.NullMarked;
