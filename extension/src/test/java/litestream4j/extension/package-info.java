@NullMarked
package litestream4j.extension;

import org.jspecify.annotations.NullMarked;
