// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.nio.ByteBuffer;

/**
 * Looks at the bytes of a CBOR text itself. The parser also takes numbers and byte strings for names, and repairs
 * some ill-formed UTF-8, so that two different wire identities could become one.
 */
final class CborText {
    private static final int TEXT = 3;
    private static final int TAG = 6;
    private static final int INDEFINITE = 31;

    private CborText() {
    }

    /** Refuses what is at this place unless it is a well-formed text string, after tags if there are any. */
    static void check(byte[] bytes, int offset, String what) {
        int at = offset;
        while (at < bytes.length && major(bytes, at) == TAG) {
            at += headLength(bytes, at);
        }
        if (at >= bytes.length || major(bytes, at) != TEXT) {
            throw new MalformedException(what + " at byte " + offset + " is no text string");
        }
        if ((bytes[at] & 0x1F) != INDEFINITE) {
            checkChunk(bytes, at);
            return;
        }
        at++;
        while (at < bytes.length && (bytes[at] & 0xFF) != 0xFF) {
            if (major(bytes, at) != TEXT) {
                throw new MalformedException(what + " at byte " + offset + " is no text string");
            }
            at = checkChunk(bytes, at);
        }
    }

    /** The end of the chunk. */
    private static int checkChunk(byte[] bytes, int at) {
        int start = at + headLength(bytes, at);
        long length = argument(bytes, at);
        if (length < 0 || length > bytes.length - start) {
            throw new MalformedException("the document ends too early");
        }
        int end = start + (int) length;
        for (int i = start; i < end; i++) {
            if (bytes[i] < 0) {
                Utf8.decode(ByteBuffer.wrap(bytes, start, (int) length));
                break;
            }
        }
        return end;
    }

    /** A definite text at this place that is well-formed and not longer than an identifier, or the empty text. */
    static String shortText(byte[] bytes, int at) {
        if (at >= bytes.length || major(bytes, at) != TEXT || (bytes[at] & 0x1F) > 24) {
            return "";
        }
        int start = at + headLength(bytes, at);
        long length = start > bytes.length ? -1 : argument(bytes, at);
        if (length < 0 || length > bytes.length - start) {
            return "";
        }
        try {
            return Utf8.decode(ByteBuffer.wrap(bytes, start, (int) length));
        } catch (MalformedException e) {
            return "";
        }
    }

    private static int major(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) >> 5;
    }

    private static int headLength(byte[] bytes, int at) {
        int info = bytes[at] & 0x1F;
        return info < 24 ? 1 : info > 27 ? 1 : 1 + (1 << (info - 24));
    }

    /** The number in the head, or -1 if the bytes do not hold it. */
    private static long argument(byte[] bytes, int at) {
        int info = bytes[at] & 0x1F;
        if (info < 24) {
            return info;
        }
        int length = headLength(bytes, at) - 1;
        if (info > 27 || at + 1 + length > bytes.length) {
            return -1;
        }
        long value = 0;
        for (int i = 1; i <= length; i++) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }
}
