package litestream4j.s3;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;

/**
 * Reads the documents that stores answer with: elements and their text, no more. There is no DTD in them, and none is
 * taken, so nothing can be defined, expanded or fetched. Java's own readers load a hundred classes first, for 30 to
 * 50 ms.
 */
final class S3Xml {
    private static final int DEPTH_MAX = 20;
    private static final int REFERENCE_LENGTH_MAX = 10;

    private final String document;
    private final Visitor visitor;
    private final Deque<String> path = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();
    private boolean rootSeen;
    private int position;

    private S3Xml(String document, Visitor visitor) {
        this.document = document;
        this.visitor = visitor;
    }

    /** @throws S3Unusable if the document is no XML, or none of this kind */
    static void read(String document, Visitor visitor) throws S3Unusable {
        new S3Xml(document, visitor).read();
    }

    private void read() throws S3Unusable {
        position = document.startsWith("\uFEFF") ? 1 : 0;
        while (position < document.length()) {
            int tag = document.indexOf('<', position);
            String before = document.substring(position, tag < 0 ? document.length() : tag);
            if (!path.isEmpty()) {
                appendText(before);
            } else if (!before.isBlank()) {
                throw invalid("text outside of the root element");
            }
            if (tag < 0) {
                break;
            }
            position = tag;
            markup();
        }
        if (!path.isEmpty() || !rootSeen) {
            throw invalid("the document is cut short");
        }
    }

    private void markup() throws S3Unusable {
        if (document.startsWith("<?", position)) {
            position = endOf("?>");
        } else if (document.startsWith("<!--", position)) {
            position = endOf("-->");
        } else if (document.startsWith("<![CDATA[", position) && !path.isEmpty()) {
            int end = endOf("]]>");
            text.append(document, position + "<![CDATA[".length(), end - "]]>".length());
            position = end;
        } else if (document.startsWith("<!", position)) {
            throw invalid("a declaration");
        } else if (document.startsWith("</", position)) {
            int end = endOf(">");
            endElement(document.substring(position + 2, end - 1).strip());
            position = end;
        } else {
            startElement();
        }
    }

    private void startElement() throws S3Unusable {
        int end = position + 1;
        char quote = 0;
        for (; end < document.length() && (quote != 0 || document.charAt(end) != '>'); end++) {
            char c = document.charAt(end);
            if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            }
        }
        if (end == document.length()) {
            throw invalid("the document is cut short");
        }
        boolean empty = document.charAt(end - 1) == '/';
        int nameEnd = position + 1;
        while (nameEnd < end - (empty ? 1 : 0) && !Character.isWhitespace(document.charAt(nameEnd))) {
            nameEnd++;
        }
        String name = document.substring(position + 1, nameEnd);
        if (name.isEmpty() || !Character.isLetter(name.charAt(0)) || (path.isEmpty() && rootSeen)) {
            throw invalid("an element out of place");
        }
        if (path.size() == DEPTH_MAX) {
            throw invalid("more than %d elements in each other".formatted(DEPTH_MAX));
        }
        rootSeen = true;
        path.push(name);
        text.setLength(0);
        position = end + 1;
        if (empty) {
            endElement(name);
        }
    }

    private void endElement(String name) throws S3Unusable {
        if (path.isEmpty() || !path.pop().equals(name)) {
            throw invalid("the end of an element that was not begun");
        }
        visitor.element(path.isEmpty() ? "" : path.peek(), name, text.toString());
        text.setLength(0);
    }

    private void appendText(String raw) throws S3Unusable {
        int from = 0;
        for (int and = raw.indexOf('&'); and >= 0; and = raw.indexOf('&', from)) {
            int end = raw.indexOf(';', and);
            if (end < 0 || end - and > REFERENCE_LENGTH_MAX) {
                throw invalid("an ampersand that begins no reference");
            }
            text.append(raw, from, and);
            appendReference(raw.substring(and + 1, end));
            from = end + 1;
        }
        text.append(raw, from, raw.length());
    }

    private void appendReference(String name) throws S3Unusable {
        switch (name) {
            case "lt" -> text.append('<');
            case "gt" -> text.append('>');
            case "amp" -> text.append('&');
            case "quot" -> text.append('"');
            case "apos" -> text.append('\'');
            default -> {
                try {
                    if (!name.startsWith("#")) {
                        throw new NoSuchElementException(name);
                    }
                    boolean hex = name.startsWith("#x");
                    text.appendCodePoint(Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10));
                } catch (IllegalArgumentException | NoSuchElementException e) {
                    throw new S3Unusable("invalid XML: a reference that nothing defines", e);
                }
            }
        }
    }

    /** Returns where a piece of markup is over. */
    private int endOf(String mark) throws S3Unusable {
        int start = document.indexOf(mark, position + 2);
        if (start < 0) {
            throw invalid("the document is cut short");
        }
        return start + mark.length();
    }

    private static S3Unusable invalid(String what) {
        return new S3Unusable("invalid XML: " + what, null);
    }

    /** Takes elements in the order of their ends. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes an element.
         *
         * @param parent name of the element around it, empty for the root
         * @param text of the element itself; behind an inner element only what follows that
         */
        void element(String parent, String name, String text) throws S3Unusable;
    }
}
