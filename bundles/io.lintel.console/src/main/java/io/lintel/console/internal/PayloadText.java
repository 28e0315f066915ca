// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The beginning of a payload for a person: as text if it is text, else in hexadecimal. Stateless. */
final class PayloadText {
    private PayloadText() {
    }

    /**
     * @param first the first bytes
     * @param size  of the whole
     */
    static String of(byte[] first, int size) {
        String shown = text(first, first.length < size);
        if (shown == null) {
            shown = HexFormat.ofDelimiter(" ").formatHex(first);
        }
        return first.length < size ? shown + " …" : shown;
    }

    /** Null if it is no text; {@code cut} allows the last character to be incomplete. */
    private static String text(byte[] bytes, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, !cut);
        if (result.isError()) {
            return null;
        }
        String decoded = text.flip().toString();
        boolean readable = decoded.chars().allMatch(c -> !Character.isISOControl(c) || c == '\n' || c == '\r' || c == '\t');
        return readable ? decoded : null;
    }
}
