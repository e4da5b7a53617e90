/**
 * Litestream replicas through JDBC: a {@link litestream4j.jdbc.LitestreamDataSource}, a
 * {@link litestream4j.jdbc.LitestreamDriver}, and the VFS for those who open sqlite-jdbc's connections themselves.
 */
@NullMarked
package litestream4j.jdbc;

import org.jspecify.annotations.NullMarked;
