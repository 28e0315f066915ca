// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import java.util.Arrays;

/** Walks over DER (ITU-T X.690) element by element. Anything malformed is an {@link IllegalArgumentException}. */
final class DerReader {
    private final byte[] bytes;
    private int at;
    private final int end;
    private int tag;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    /** The content of the next element; its tag is {@link #tag} then. */
    byte[] next() {
        int length = header();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** The elements within the next one, which has to have this tag. */
    DerReader enter(int expected) {
        int length = header();
        if (tag != expected) {
            throw new IllegalArgumentException("tag " + tag + " instead of " + expected);
        }
        at += length;
        return new DerReader(bytes, at - length, at);
    }

    int tag() {
        return tag;
    }

    private int header() {
        tag = oneByte();
        int length = oneByte();
        if (length > 0x80 && length <= 0x83) {
            int digits = length - 0x80;
            length = 0;
            for (int i = 0; i < digits; i++) {
                length = length << 8 | oneByte();
            }
        } else if (length >= 0x80) {
            throw new IllegalArgumentException("a length of an element");
        }
        if (length > end - at) {
            throw new IllegalArgumentException("an element runs past its end");
        }
        return length;
    }

    private int oneByte() {
        if (at >= end) {
            throw new IllegalArgumentException("the end, where an element should be");
        }
        return bytes[at++] & 0xff;
    }
}
