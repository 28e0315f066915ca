// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A primitive in JSON with room for a request identifier: encoded once, so that the load generator spends its time on
 * sending. Identifiers are short and of the characters that JSON needs not escape.
 */
final class Template {
    private static final String PLACE = "@request-identifier@";
    private static final byte[] NAME = "\"rqi\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[] before;
    private final byte[] after;

    private Template(String text) {
        int at = text.indexOf(PLACE);
        before = text.substring(0, at).getBytes(StandardCharsets.UTF_8);
        after = text.substring(at + PLACE.length()).getBytes(StandardCharsets.UTF_8);
    }

    static Template retrieve(String from, String to) {
        return of(RequestPrimitive.builder(Operation.RETRIEVE, to), from);
    }

    static Template create(String from, String container, String content) {
        return of(RequestPrimitive.builder(Operation.CREATE, container).resourceType(4)
                .content(new Content("m2m:cin", Attributes.of("con", content))), from);
    }

    private static Template of(RequestPrimitive.Builder request, String from) {
        return new Template(new String(PrimitiveCodec.of(Serialization.JSON).encode(request.from(from).requestIdentifier(PLACE)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build()), StandardCharsets.UTF_8));
    }

    /** From a primitive as it was seen. */
    static Template like(byte[] seen) {
        String text = new String(seen, StandardCharsets.UTF_8);
        String identifier = identifier(io.netty.buffer.Unpooled.wrappedBuffer(seen));
        return new Template(text.replace("\"" + identifier + "\"", "\"" + PLACE + "\""));
    }

    byte[] with(String identifier) {
        byte[] whole = new byte[before.length + identifier.length() + after.length];
        System.arraycopy(before, 0, whole, 0, before.length);
        System.arraycopy(identifier.getBytes(StandardCharsets.US_ASCII), 0, whole, before.length, identifier.length());
        System.arraycopy(after, 0, whole, before.length + identifier.length(), after.length);
        return whole;
    }

    /** The request identifier of a primitive in JSON. */
    static String identifier(ByteBuf payload) {
        int end = payload.writerIndex();
        for (int at = payload.readerIndex(); at <= end - NAME.length; at++) {
            int i = 0;
            while (i < NAME.length && payload.getByte(at + i) == NAME[i]) {
                i++;
            }
            if (i == NAME.length) {
                int from = payload.indexOf(at + i, end, (byte) '"') + 1;
                int to = payload.indexOf(from, end, (byte) '"');
                return payload.toString(from, to - from, StandardCharsets.US_ASCII);
            }
        }
        throw new IllegalStateException("no rqi in " + payload.toString(StandardCharsets.UTF_8));
    }
}
