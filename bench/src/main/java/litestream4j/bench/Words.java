package litestream4j.bench;

import java.util.SplittableRandom;

/** Text that LZ4 makes about six tenths of: words of a small vocabulary, between words that come once. */
final class Words {
    private static final int VOCABULARY = 150;

    private final SplittableRandom random;
    private final String[] vocabulary = new String[VOCABULARY];

    Words(SplittableRandom random) {
        this.random = random;
        for (int i = 0; i < VOCABULARY; i++) {
            vocabulary[i] = word();
        }
    }

    /** Returns a text of so many characters, all of them ASCII. */
    String text(int length) {
        StringBuilder text = new StringBuilder(length + 16);
        while (text.length() < length) {
            text.append(random.nextInt(8) == 0 ? word() : vocabulary[random.nextInt(VOCABULARY)])
                    .append(' ');
        }
        text.setLength(length);
        return text.toString();
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int i = 3 + random.nextInt(7); i > 0; i--) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }
}
