package litestream4j.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Goal: SQLite is told another schema version where the schema may be another one, and its own else. */
class SchemaVersionTest {
    private static final byte LEAF = 13;
    private static final byte INTERIOR = 5;

    private final SchemaVersion version = new SchemaVersion();

    @Test
    void ofOneDatabaseItIsItsOwn() {
        assertThat(version.next(page(4, LEAF, 'a'), 1)).isEqualTo(4);
        assertThat(version.next(page(4, LEAF, 'a'), 1)).isEqualTo(4);
        assertThat(version.next(page(5, LEAF, 'b'), 1)).isEqualTo(5);
        assertThat(version.next(page(9, INTERIOR, 'c'), 1)).isEqualTo(9);
        assertThat(version.next(page(9, INTERIOR, 'c'), 1)).isEqualTo(9);
    }

    @Test
    void sameSchemaInAnotherEraIsNotReadAgain() {
        assertThat(version.next(page(4, LEAF, 'a'), 1)).isEqualTo(4);
        assertThat(version.next(page(4, LEAF, 'a'), 2)).isEqualTo(4);
    }

    @Test
    void otherSchemaOfTheSameVersionIsToldApart() {
        assertThat(version.next(page(4, LEAF, 'a'), 1)).isEqualTo(4);
        assertThat(version.next(page(4, LEAF, 'b'), 1)).isEqualTo(5);
        assertThat(version.next(page(5, LEAF, 'c'), 1)).isEqualTo(6);
        assertThat(version.next(page(4, LEAF, 'a'), 2)).isEqualTo(7);
        assertThat(version.next(page(3, LEAF, 'a'), 3)).isEqualTo(8);
    }

    @Test
    void schemaOfManyPagesMayBeAnotherOneInAnotherEra() {
        assertThat(version.next(page(4, INTERIOR, 'a'), 1)).isEqualTo(4);
        assertThat(version.next(page(4, INTERIOR, 'a'), 2)).isEqualTo(5);
        assertThat(version.next(page(4, INTERIOR, 'a'), 2)).isEqualTo(5);
    }

    @Test
    void greatestVersionIsFollowedByZero() {
        assertThat(version.next(page(-1, LEAF, 'a'), 1)).isEqualTo(-1);
        assertThat(version.next(page(-1, LEAF, 'b'), 2)).isZero();
        assertThat(version.next(page(-1, LEAF, 'a'), 3)).isEqualTo(1);
    }

    private static byte[] page(int version, byte kind, char content) {
        return ByteBuffer.allocate(512)
                .putInt(40, version)
                .put(100, kind)
                .put(200, (byte) content)
                .array();
    }
}
