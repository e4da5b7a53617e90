/** The finished product, as its users have it, against replicas of the real Litestream. */
@NullMarked
package litestream4j.interop;

import org.jspecify.annotations.NullMarked;
