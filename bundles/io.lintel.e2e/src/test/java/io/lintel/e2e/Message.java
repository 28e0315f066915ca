// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.Arrays;

/** A PUBLISH as a client sees it. */
record Message(String topic, byte[] payload) {

    /** What it carries, read by what the topic says it is (MQ-27). */
    Primitive primitive() {
        Serialization serialization = Serialization.ofSuffix(topic.substring(topic.lastIndexOf('/') + 1)).orElseThrow();
        return PrimitiveCodec.of(serialization).decode(payload);
    }

    boolean isResponse() {
        return topic.contains("/oneM2M/resp/") || topic.contains("/oneM2M/reg_resp/");
    }

    ResponsePrimitive response() {
        return (ResponsePrimitive) primitive();
    }

    RequestPrimitive request() {
        return (RequestPrimitive) primitive();
    }

    int status() {
        return response().statusCode();
    }

    /** The representation in a response or request. */
    Attributes attributes() {
        return (isResponse() ? response().content() : request().content()).map(Content::attributes).orElse(Attributes.empty());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Message message && message.topic.equals(topic) && Arrays.equals(message.payload, payload);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return topic + " " + new String(payload, java.nio.charset.StandardCharsets.UTF_8);
    }
}
