// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Content;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.Serialization;

/**
 * One serialisation of primitives and their content. Implementations are pure and shared by all threads; size, depth
 * and count of the input are bounded before anything is built ({@link DecodeLimits}).
 */
public interface PrimitiveCodec {

    /** The codec for a serialisation, with the default limits. */
    static PrimitiveCodec of(Serialization serialization) {
        return PrimitiveCodecs.of(serialization);
    }

    Serialization serialization();

    /** A whole request or response, as MQTT and WebSocket carry it. JSON has no wrapper, XML has its root element. */
    byte[] encode(Primitive primitive);

    /** The content alone, as HTTP and CoAP carry it. */
    byte[] encodeContent(Content content);

    /**
     * Reads a request or a response; a JSON or CBOR primitive in its Release 1 wrapper is accepted.
     *
     * @throws PrimitiveDecodeException with the status to answer with, and the request identifier if it could be read
     */
    Primitive decode(byte[] bytes);

    /**
     * Reads content that stands alone.
     *
     * @throws PrimitiveDecodeException with the status to answer with
     */
    Content decodeContent(byte[] bytes);
}
