/** JMH benchmarks of what this package hides. */
@NullMarked
package litestream4j.sqlite;

import org.jspecify.annotations.NullMarked;
