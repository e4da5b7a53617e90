package litestream4j.btree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRootsTest {
    private final SchemaRoots roots = new SchemaRoots();

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void tableOfAnIndexIsFoundByName(String encoding) {
        roots.read(page(Charset.forName(encoding), "table|t|t|3", "index|i|t|200", "index|k|u|7", "view|v|v|0"), 2);
        assertThat(roots.tableOf(200)).isEqualTo(3);
        assertThat(roots.tableOf(7)).as("its table was not seen yet").isZero();
        assertThat(roots.tableOf(3)).isZero();
        roots.read(page(Charset.forName(encoding), "table|u|u|9"), 5);
        assertThat(roots.tableOf(7)).isEqualTo(9);
        assertThat(roots.all()).containsExactly(3L, 7L, 9L, 200L);
    }

    @Test
    void virtualTablesHaveNoRoot() {
        roots.read(page(StandardCharsets.UTF_8, "table|fts|fts|0", "table|t|t|2"), 2);
        assertThat(roots.all()).containsExactly(2L);
    }

    /** A leaf page of the schema's table; each entry is type, name, table, root. */
    private static byte[] page(Charset encoding, String... entries) {
        ByteBuffer page = ByteBuffer.allocate(4096);
        page.put(0, (byte) 13).putShort(3, (short) entries.length);
        int end = page.capacity();
        for (int i = 0; i < entries.length; i++) {
            String[] columns = entries[i].split("\\|", -1);
            ByteBuffer cell =
                    ByteBuffer.allocate(500).put((byte) 0).put((byte) (i + 1)).put((byte) 5);
            for (int k = 0; k < 3; k++) {
                cell.put((byte) (13 + 2 * columns[k].getBytes(encoding).length));
            }
            cell.put((byte) 2);
            for (int k = 0; k < 3; k++) {
                cell.put(columns[k].getBytes(encoding));
            }
            cell.putShort(Short.parseShort(columns[3]));
            cell.put(0, (byte) (cell.position() - 2));
            end -= cell.position();
            page.put(end, cell.array(), 0, cell.position()).putShort(8 + 2 * i, (short) end);
        }
        return page.array();
    }
}
