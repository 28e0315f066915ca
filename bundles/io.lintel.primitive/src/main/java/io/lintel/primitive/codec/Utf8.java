// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** UTF-8 that is refused, not repaired, when it is ill-formed: a repaired identifier could become somebody else's. */
final class Utf8 {
    private Utf8() {
    }

    static String decode(byte[] bytes) {
        return decode(ByteBuffer.wrap(bytes));
    }

    static String decode(ByteBuffer bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("the bytes are not UTF-8");
        }
    }

    /** Refuses half of a surrogate pair, which no UTF-8 can carry on. */
    static String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new MalformedException("half of a surrogate pair in a text");
                }
                i++;
            }
        }
        return text;
    }
}
