// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static io.lintel.primitive.Serialization.CBOR;
import static io.lintel.primitive.Serialization.JSON;
import static io.lintel.primitive.Serialization.XML;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.lintel.primitive.codec.Examples.ContentExample;
import io.lintel.primitive.codec.Examples.PrimitiveExample;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of the standard's text, in both directions, in all three serialisations. */
class ExamplesTest {

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#contents")
    void contentAloneInJson(ContentExample example) {
        assertThat(PrimitiveCodec.of(JSON).decodeContent(utf8(example.json()))).isEqualTo(example.content());
        assertThat(text(PrimitiveCodec.of(JSON).encodeContent(example.content()))).isEqualTo(example.json());
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#contents")
    void contentAloneInXml(ContentExample example) {
        assertThat(PrimitiveCodec.of(XML).decodeContent(utf8(example.xml()))).isEqualTo(example.content());
        assertThat(text(PrimitiveCodec.of(XML).encodeContent(example.content()))).isEqualTo(example.xml());
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#contents")
    void contentAloneInCbor(ContentExample example) {
        assertThat(PrimitiveCodec.of(CBOR).decodeContent(TestCbor.of(example.json()))).isEqualTo(example.content());
        assertThat(PrimitiveCodec.of(CBOR).encodeContent(example.content())).isEqualTo(TestCbor.of(example.json()));
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#primitives")
    @Tag("MQ-39") @Tag("MQ-40") @Tag("MQ-41") @Tag("MQ-42")
    void aPrimitiveInJson(PrimitiveExample example) {
        assertThat(PrimitiveCodec.of(JSON).decode(utf8(example.json()))).isEqualTo(example.primitive());
        assertThat(JsonParser.parseString(text(PrimitiveCodec.of(JSON).encode(example.primitive()))))
                .isEqualTo(JsonParser.parseString(example.json()));
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#primitives")
    @Tag("MQ-39") @Tag("MQ-40") @Tag("MQ-41") @Tag("MQ-42")
    void aPrimitiveInXml(PrimitiveExample example) {
        assertThat(PrimitiveCodec.of(XML).decode(utf8(example.xml()))).isEqualTo(example.primitive());
        assertThat(text(PrimitiveCodec.of(XML).encode(example.primitive()))).isEqualTo(example.xml());
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#primitives")
    @Tag("MQ-39") @Tag("MQ-40") @Tag("MQ-41")
    void aPrimitiveInCbor(PrimitiveExample example) {
        String json = example.json();
        assertThat(PrimitiveCodec.of(CBOR).decode(TestCbor.of(json))).isEqualTo(example.primitive());
        assertThat(PrimitiveCodec.of(CBOR).encode(example.primitive())).isEqualTo(TestCbor.of(json));
    }

    @ParameterizedTest
    @MethodSource("io.lintel.primitive.codec.Examples#contents")
    void contentInsideAPrimitive(ContentExample example) {
        var primitive = io.lintel.primitive.ResponsePrimitive.builder(2000, "r").content(example.content()).build();

        for (var serialization : io.lintel.primitive.Serialization.values()) {
            PrimitiveCodec codec = PrimitiveCodec.of(serialization);
            assertThat(codec.decode(codec.encode(primitive))).as(serialization.name()).isEqualTo(primitive);
        }
    }


    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
