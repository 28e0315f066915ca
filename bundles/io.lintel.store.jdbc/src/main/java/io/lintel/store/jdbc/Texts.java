// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.nio.charset.StandardCharsets;

/** Texts as keys of the database: any text a peer can send must be kept apart from any other. */
final class Texts {
    private Texts() {
    }

    /** Whether every surrogate has its partner, so that UTF-8 can hold the text. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The text, if a text column of every database keeps it as it is.
     *
     * @throws IllegalArgumentException for U+0000 and for unpaired surrogates
     */
    static String storable(String text) {
        if (text.indexOf('\0') >= 0 || !isWellFormed(text)) {
            throw new IllegalArgumentException("a name holds U+0000 or half a surrogate pair");
        }
        return text;
    }

    /** Bytes that are equal exactly if the texts are: UTF-8, or after 0xFF, which no UTF-8 begins with, the 16-bit units. */
    static byte[] key(String text) {
        if (isWellFormed(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = new byte[1 + 2 * text.length()];
        bytes[0] = (byte) 0xff;
        for (int i = 0; i < text.length(); i++) {
            bytes[1 + 2 * i] = (byte) (text.charAt(i) >> 8);
            bytes[2 + 2 * i] = (byte) text.charAt(i);
        }
        return bytes;
    }

    static String ofKey(byte[] key) {
        if (key.length == 0 || key[0] != (byte) 0xff) {
            return new String(key, StandardCharsets.UTF_8);
        }
        char[] units = new char[key.length / 2];
        for (int i = 0; i < units.length; i++) {
            units[i] = (char) ((key[1 + 2 * i] & 0xff) << 8 | key[2 + 2 * i] & 0xff);
        }
        return new String(units);
    }

    /** A 64-bit digest of a key (FNV-1a, then mixed), for an index that is smaller than the keys. */
    static long digest(byte[] key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : key) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 32) * 0xd6e8feb86659fd93L;
        return hash ^ hash >>> 32;
    }
}
