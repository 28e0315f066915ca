// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.io.Writer;

/**
 * Where the JSON writer puts its text, piece by piece. What {@code java.io} has for it takes a lock for each piece, and a
 * representation has a hundred pieces. For one thread.
 */
final class TextWriter extends Writer {
    private static final int USUAL_LENGTH = 256;

    private final StringBuilder text = new StringBuilder(USUAL_LENGTH);

    @Override
    public void write(int character) {
        text.append((char) character);
    }

    @Override
    public void write(char[] characters, int offset, int length) {
        text.append(characters, offset, length);
    }

    @Override
    public void write(String piece) {
        text.append(piece);
    }

    @Override
    public void write(String piece, int offset, int length) {
        text.append(piece, offset, offset + length);
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        // nothing to give back
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
