/** JMH benchmarks of what this package hides. */
@NullMarked
package litestream4j.engine;

import org.jspecify.annotations.NullMarked;
