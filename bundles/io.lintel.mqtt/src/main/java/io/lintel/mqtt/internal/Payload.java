// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** What a payload is by its look: needed for topics without suffix and to tell when a suffix lies (MQ-44). */
final class Payload {
    private static final HexFormat HEX = HexFormat.of();

    private Payload() {
    }

    /** Empty if it can be none of the three. */
    static Optional<Serialization> sniff(byte[] payload) {
        int i = 0;
        if (payload.length >= 3 && (payload[0] & 0xFF) == 0xEF && (payload[1] & 0xFF) == 0xBB && (payload[2] & 0xFF) == 0xBF) {
            i = 3;
        }
        int start = i;
        while (i < payload.length && (payload[i] == ' ' || payload[i] == '\t' || payload[i] == '\r' || payload[i] == '\n')) {
            i++;
        }
        if (i == payload.length) {
            return Optional.empty();
        }
        int first = payload[i] & 0xFF;
        if (first == '{') {
            return Optional.of(Serialization.JSON);
        }
        if (first == '<') {
            return Optional.of(Serialization.XML);
        }
        // A primitive is a CBOR map, possibly tagged: major types 5 and 6 [RFC 8949 3.1].
        return i == start && start == 0 && first >= 0xA0 && first <= 0xDB ? Optional.of(Serialization.CBOR) : Optional.empty();
    }

    /** The bytes behind hexadecimal text that spells a CBOR map; empty if the payload is anything else. */
    static Optional<byte[]> hexText(byte[] payload) {
        int length = payload.length;
        while (length > 0 && payload[length - 1] <= ' ') {
            length--;
        }
        if (length < 2 || length % 2 != 0) {
            return Optional.empty();
        }
        for (int i = 0; i < length; i++) {
            if (payload[i] < 0 || !HexFormat.isHexDigit(payload[i])) {
                return Optional.empty();
            }
        }
        byte[] bytes = HEX.parseHex(new String(payload, 0, length, StandardCharsets.US_ASCII));
        return sniff(bytes).filter(Serialization.CBOR::equals).map(cbor -> bytes);
    }

    /** Whether JSON has the wrapper of Release 1 around the primitive. */
    static boolean isWrappedJson(byte[] payload) {
        String head = new String(payload, 0, Math.min(payload.length, 64), StandardCharsets.UTF_8).replaceAll("[\\s\\uFEFF]", "");
        return head.startsWith("{\"m2m:rqp\":") || head.startsWith("{\"m2m:rsp\":");
    }
}
