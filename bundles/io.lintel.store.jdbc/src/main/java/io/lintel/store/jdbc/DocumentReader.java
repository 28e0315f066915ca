// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.DocumentWriter.References;
import io.lintel.store.jdbc.DocumentWriter.Tag;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link DocumentWriter} wrote. Damage shows as an {@link IllegalStateException}. */
final class DocumentReader {
    private final byte[] bytes;
    private int position;

    DocumentReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int next() {
        if (position >= bytes.length) {
            throw damaged("ends early");
        }
        return bytes[position++] & 0xff;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = next();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw damaged("holds a number without end");
    }

    private int length(long announced) {
        if (announced < 0 || announced > bytes.length - position) {
            throw damaged("announces " + announced + " bytes and has " + (bytes.length - position));
        }
        return (int) announced;
    }

    String text() {
        long header = number();
        int size = length(header >>> 1);
        String text;
        if ((header & 1) == 0) {
            text = new String(bytes, position, size, StandardCharsets.UTF_8);
        } else {
            char[] units = new char[size / 2];
            for (int i = 0; i < units.length; i++) {
                units[i] = (char) ((bytes[position + 2 * i] & 0xff) << 8 | bytes[position + 2 * i + 1] & 0xff);
            }
            text = new String(units);
        }
        position += size;
        return text;
    }

    String name() {
        int place = next();
        return place == 0 ? text() : Names.at(place);
    }

    Attributes attributes(References references) {
        int count = length(number());
        Attributes.Builder builder = Attributes.builder();
        for (int i = 0; i < count; i++) {
            String name = name();
            builder.set(name, value(references));
        }
        return builder.build();
    }

    Object value(References references) {
        int tag = next();
        switch (tag) {
            case Tag.TEXT:
                return text();
            case Tag.POSITIVE:
                return number();
            case Tag.NEGATIVE:
                return ~number();
            case Tag.TRUE:
                return Boolean.TRUE;
            case Tag.FALSE:
                return Boolean.FALSE;
            case Tag.DOUBLE:
                long bits = 0;
                for (int i = 0; i < 8; i++) {
                    bits = bits << 8 | next();
                }
                return Double.longBitsToDouble(bits);
            case Tag.DECIMAL:
                return decimal();
            case Tag.OBJECT:
                return attributes(references);
            case Tag.LIST:
                int count = length(number());
                List<Object> list = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    list.add(value(references));
                }
                return list;
            case Tag.NULL:
                return Attributes.NULL;
            case Tag.RESOURCE_ID:
                return references.id();
            case Tag.PARENT_ID:
                return references.parentId();
            case Tag.RESOURCE_NAME:
                return references.name();
            default:
                throw damaged("holds the unknown mark " + tag);
        }
    }

    private BigDecimal decimal() {
        int sign = next();
        long scale = number();
        int size = length(number() >>> 1);
        BigInteger unscaled = new BigInteger(bytes, position, size);
        position += size;
        return new BigDecimal(unscaled, (int) (sign == Tag.POSITIVE ? scale : ~scale));
    }

    private static IllegalStateException damaged(String how) {
        return new IllegalStateException("a stored document is damaged: it " + how);
    }
}
