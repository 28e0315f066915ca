// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.rest.internal.mapping.QueryField;

/** Percent-coding of request targets (RFC 3986): per segment and per query value, exactly once. */
final class PercentCoding {
    private static final String SAFE = "-._~:,*";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private PercentCoding() {
    }

    static String encode(String text) {
        int plain = 0;
        while (plain < text.length() && isSafe(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && isSafe(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
            }
        }
        return encoded.toString();
    }

    private static boolean isSafe(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || SAFE.indexOf(c) >= 0;
    }

    /** @throws PrimitiveException 4000 for a broken escape or ill-formed UTF-8 */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw bad("a percent sign without two hexadecimal digits: " + text);
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = bytes[i];
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw bad("the escapes are no UTF-8: " + text);
        }
    }

    /** The segments of a raw path after its leading slash, decoded. */
    static List<String> segments(String rawPath) {
        if (rawPath.length() <= 1) {
            return List.of();
        }
        List<String> segments = new ArrayList<>(Arrays.asList(rawPath.substring(1).split("/", -1)));
        segments.replaceAll(PercentCoding::decode);
        return segments;
    }

    /** The fields of a raw query: "+" is a blank, and between values of a list a separator. */
    static List<QueryField> fields(String rawQuery) {
        List<QueryField> fields = new ArrayList<>();
        for (String field : rawQuery.split("&")) {
            if (field.isEmpty()) {
                continue;
            }
            int equals = field.indexOf('=');
            String name = decode(equals < 0 ? field : field.substring(0, equals));
            List<String> parts = new ArrayList<>(Arrays.asList((equals < 0 ? "" : field.substring(equals + 1)).split("\\+", -1)));
            parts.replaceAll(PercentCoding::decode);
            fields.add(new QueryField(name, String.join(" ", parts), parts));
        }
        return fields;
    }

    /** The reverse of {@link #fields}; empty if there are none. */
    static String query(List<QueryField> fields) {
        StringBuilder query = new StringBuilder();
        for (QueryField field : fields) {
            query.append(query.length() == 0 ? "" : "&").append(encode(field.name())).append('=');
            query.append(String.join("+", field.parts().stream().map(PercentCoding::encode).toList()));
        }
        return query.toString();
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }
}
