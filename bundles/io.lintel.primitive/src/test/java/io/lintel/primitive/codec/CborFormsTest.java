// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static io.lintel.primitive.codec.Examples.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Serialization;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CBOR byte by byte (RFC 8949). */
class CborFormsTest {
    private final PrimitiveCodec codec = PrimitiveCodec.of(Serialization.CBOR);

    @Test
    void definiteAndIndefiniteFormsSayTheSame() {
        Content expected = new Content("m", object("a", List.of(1, 2), "b", "xy"));

        // {"m": {"a": [1, 2], "b": "xy"}}
        assertThat(read("A1 61 6D A2 61 61 82 01 02 61 62 62 78 79")).isEqualTo(expected);
        // {_ "m": {_ "a": [_ 1, 2], "b": (_ "x", "y")}}
        assertThat(read("BF 61 6D BF 61 61 9F 01 02 FF 61 62 7F 61 78 61 79 FF FF FF")).isEqualTo(expected);
        // the name itself in chunks
        assertThat(read("A1 7F 61 6D FF A2 61 61 82 01 02 61 62 62 78 79")).isEqualTo(expected);
        // self-described: tag 55799
        assertThat(read("D9 D9 F7 A1 61 6D A2 61 61 82 01 02 61 62 62 78 79")).isEqualTo(expected);
    }

    @Test
    void numbersOfEveryWidth() {
        assertThat(number("17")).isEqualTo(23L);
        assertThat(number("18 FF")).isEqualTo(255L);
        assertThat(number("19 FF FF")).isEqualTo(65535L);
        assertThat(number("1A FF FF FF FF")).isEqualTo(4294967295L);
        assertThat(number("1B 7F FF FF FF FF FF FF FF")).isEqualTo(Long.MAX_VALUE);
        assertThat(number("1B FF FF FF FF FF FF FF FF")).isEqualTo(new BigDecimal("18446744073709551615"));
        assertThat(number("20")).isEqualTo(-1L);
        assertThat(number("3B 7F FF FF FF FF FF FF FF")).isEqualTo(Long.MIN_VALUE);
        assertThat(number("3B FF FF FF FF FF FF FF FF")).isEqualTo(new BigDecimal("-18446744073709551616"));
        assertThat(number("F9 3E 00")).isEqualTo(1.5);
        assertThat(number("F9 C4 00")).isEqualTo(-4.0);
        assertThat(number("FA 41 AC 00 00")).isEqualTo(21.5);
        assertThat(number("FB 40 35 80 00 00 00 00 00")).isEqualTo(21.5);
        // bignum 2^64, and -1 - 2^64
        assertThat(number("C2 49 01 00 00 00 00 00 00 00 00")).isEqualTo(new BigDecimal("18446744073709551616"));
        assertThat(number("C3 49 01 00 00 00 00 00 00 00 00")).isEqualTo(new BigDecimal("-18446744073709551617"));
        // decimal fraction 273.15 = 27315 * 10^-2
        assertThat(number("C4 82 21 19 6A B3")).isEqualTo(273.15);
    }

    @Test
    void simpleValues() {
        assertThat(number("F4")).isEqualTo(false);
        assertThat(number("F5")).isEqualTo(true);
        assertThat(number("F6")).isEqualTo(Attributes.NULL);
    }

    @Test
    void taggedTextIsText() {
        // 0("2013-03-21T20:04:00Z")
        assertThat(number("C0 74 32 30 31 33 2D 30 33 2D 32 31 54 32 30 3A 30 34 3A 30 30 5A")).isEqualTo("2013-03-21T20:04:00Z");
    }

    private Object number(String hex) {
        return read("A1 61 6D A1 61 61 " + hex).attributes().get("a").orElseThrow();
    }

    private Content read(String hex) {
        return codec.decodeContent(TestCbor.hex(hex));
    }
}
