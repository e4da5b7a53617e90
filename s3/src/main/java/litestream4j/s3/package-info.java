/**
 * Replicas in Amazon S3 and compatible stores. {@link litestream4j.s3.S3Configuration} says what is meant by a URL and
 * the environment; {@link litestream4j.s3.S3ReplicaClient} reads. The AWS SDK is used nowhere else.
 */
@NullMarked
package litestream4j.s3;

import org.jspecify.annotations.NullMarked;
