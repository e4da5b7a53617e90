@NullMarked
package litestream4j.jdbc;

import org.jspecify.annotations.NullMarked;
