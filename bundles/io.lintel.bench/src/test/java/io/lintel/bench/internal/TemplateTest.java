// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TemplateTest {

    @Test
    void aFilledTemplateIsTheRequest() {
        byte[] filled = Template.create("CBench", "mn-name/bench/data", "21.5").with("r17");

        RequestPrimitive request = (RequestPrimitive) PrimitiveCodec.of(Serialization.JSON).decode(filled);
        assertThat(request.requestIdentifier()).isEqualTo("r17");
        assertThat(request.to()).isEqualTo("mn-name/bench/data");
        assertThat(request.content().orElseThrow().attributes().text("con")).contains("21.5");
        assertThat(Template.identifier(Unpooled.wrappedBuffer(filled))).isEqualTo("r17");
    }

    @Test
    void aSeenResponseBecomesATemplate() {
        byte[] seen = "{\"rsc\":2000,\"rqi\" : \"abc-1\",\"pc\":{}}".getBytes(StandardCharsets.UTF_8);

        assertThat(new String(Template.like(seen).with("x2"), StandardCharsets.UTF_8))
                .isEqualTo("{\"rsc\":2000,\"rqi\" : \"x2\",\"pc\":{}}");
    }
}
