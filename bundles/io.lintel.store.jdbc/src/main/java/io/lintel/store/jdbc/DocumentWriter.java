// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.primitive.Attributes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes values of the attribute model as bytes, exactly: what {@link DocumentReader} gives back is equal, down to
 * the Java type of a number. No table of attributes is consulted. One instance is used by one thread at a time.
 */
final class DocumentWriter {
    private byte[] bytes = new byte[1024];
    private int length;

    void reset() {
        length = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    void put(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) value;
    }

    /** Seven bits a byte, lowest first; a negative number takes ten bytes. */
    void number(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        put((int) rest);
    }

    /** Length and UTF-8; a text that is no well-formed UTF-16, which UTF-8 cannot hold, goes as its 16-bit units. */
    void text(String text) {
        if (Texts.isWellFormed(text)) {
            bytes(text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        number((long) text.length() << 2 | 1);
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i) >> 8);
            put(text.charAt(i));
        }
    }

    private void bytes(byte[] encoded) {
        number((long) encoded.length << 1);
        if (length + encoded.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + encoded.length));
        }
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    /** A name: its place in the table of frequent names, or the text. */
    void name(String name) {
        int place = Names.placeOf(name);
        put(place);
        if (place == 0) {
            text(name);
        }
    }

    /** Members in order; texts equal to one of the three references take one byte. */
    void attributes(Attributes attributes, References references) {
        number(attributes.size());
        attributes.forEach((name, value) -> {
            name(name);
            value(value, references);
        });
    }

    void value(Object value, References references) {
        if (value instanceof String s) {
            int reference = references.tagOf(s);
            if (reference == 0) {
                put(Tag.TEXT);
                text(s);
            } else {
                put(reference);
            }
        } else if (value instanceof Long n) {
            put(n >= 0 ? Tag.POSITIVE : Tag.NEGATIVE);
            number(n >= 0 ? n : ~n);
        } else if (value instanceof Boolean b) {
            put(b ? Tag.TRUE : Tag.FALSE);
        } else if (value instanceof Double d) {
            put(Tag.DOUBLE);
            long bits = Double.doubleToRawLongBits(d);
            for (int shift = 56; shift >= 0; shift -= 8) {
                put((int) (bits >>> shift));
            }
        } else if (value instanceof BigDecimal d) {
            put(Tag.DECIMAL);
            put(d.scale() >= 0 ? Tag.POSITIVE : Tag.NEGATIVE);
            number(d.scale() >= 0 ? d.scale() : ~d.scale());
            bytes(d.unscaledValue().toByteArray());
        } else if (value instanceof Attributes a) {
            put(Tag.OBJECT);
            attributes(a, references);
        } else if (value instanceof List<?> list) {
            put(Tag.LIST);
            number(list.size());
            list.forEach(element -> value(element, references));
        } else if (value == Attributes.NULL) {
            put(Tag.NULL);
        } else {
            throw new IllegalArgumentException("not a value of the model: " + value.getClass());
        }
    }

    /** What stands in front of each value. Part of the format on disk: numbers are added, never changed. */
    static final class Tag {
        static final int TEXT = 1;
        static final int POSITIVE = 2;
        static final int NEGATIVE = 3;
        static final int TRUE = 4;
        static final int FALSE = 5;
        static final int DOUBLE = 6;
        static final int DECIMAL = 7;
        static final int OBJECT = 8;
        static final int LIST = 9;
        static final int NULL = 10;
        static final int RESOURCE_ID = 11;
        static final int PARENT_ID = 12;
        static final int RESOURCE_NAME = 13;

        private Tag() {
        }
    }

    /** The texts of a resource that its columns hold already and its representation repeats. */
    record References(String id, String parentId, String name) {
        static final References NONE = new References("", "", "");

        int tagOf(String text) {
            if (text.isEmpty()) {
                return 0;
            }
            if (text.equals(id)) {
                return Tag.RESOURCE_ID;
            }
            if (text.equals(parentId)) {
                return Tag.PARENT_ID;
            }
            return text.equals(name) ? Tag.RESOURCE_NAME : 0;
        }
    }
}
