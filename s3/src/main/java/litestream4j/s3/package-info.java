/**
 * Replicas in Amazon S3 and compatible stores. {@link litestream4j.s3.S3Configuration} says what is meant by a URL and
 * the environment; {@link litestream4j.s3.S3ReplicaClient} reads, by way of {@link litestream4j.s3.S3Connection}, which
 * signs, and {@link litestream4j.s3.Http}, which sends. The AWS SDK finds credentials that the environment does not
 * hold, and is used nowhere else.
 */
@NullMarked
package litestream4j.s3;

import org.jspecify.annotations.NullMarked;
