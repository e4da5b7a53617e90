package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageBuffersTest {
    private final PageBuffers buffers = new PageBuffers();

    @Test
    void arrayServesAgain() {
        byte[] page = new byte[4096];
        buffers.give(page);
        assertThat(buffers.take(4096)).isSameAs(page);
        assertThat(buffers.take(4096)).isNotSameAs(page);
    }

    @Test
    void arrayOfAnotherSizeIsNotHandedOut() {
        buffers.give(new byte[4096]);
        assertThat(buffers.take(1024)).hasSize(1024);
        buffers.give(new byte[1024]);
        assertThat(buffers.take(4096)).hasSize(4096);
        assertThat(buffers.take(1024)).hasSize(1024);
    }

    @Test
    void noMoreIsKeptThanTheNextBurstNeeds() {
        byte[] first = new byte[PageBuffers.KEPT_BYTES_MAX];
        byte[] second = new byte[PageBuffers.KEPT_BYTES_MAX];
        buffers.give(first);
        buffers.give(second);
        assertThat(buffers.take(first.length)).isSameAs(first);
        assertThat(buffers.take(first.length)).isNotSameAs(second);
    }
}
