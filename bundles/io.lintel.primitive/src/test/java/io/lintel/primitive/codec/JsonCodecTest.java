// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonCodecTest {
    private final PrimitiveCodec codec = PrimitiveCodec.of(Serialization.JSON);

    @Test
    void aCreateIsReadAndWrittenAgain() {
        String json = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"CApp1\",\"rqi\":\"r1\",\"ty\":3,\"rvi\":\"2a\","
                + "\"pc\":{\"m2m:cnt\":{\"rn\":\"data\",\"mni\":10}}}";

        RequestPrimitive request = (RequestPrimitive) codec.decode(json.getBytes(StandardCharsets.UTF_8));

        assertThat(request).isEqualTo(RequestPrimitive.builder(Operation.CREATE, "mn-name").from("CApp1").requestIdentifier("r1")
                .resourceType(3).set(io.lintel.primitive.RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .content(new Content("m2m:cnt", Attributes.builder().set("rn", "data").set("mni", 10).build())).build());
        assertThat(new String(codec.encode(request), StandardCharsets.UTF_8)).isEqualTo(json);
    }
}
