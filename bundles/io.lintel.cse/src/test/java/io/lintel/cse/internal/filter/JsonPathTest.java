// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which contents a JSONPath query finds something in (RFC 9535 without functions). */
class JsonPathTest {
    private static final String CONTENT = """
            {"t": 21.5, "unit": "C", "on": true, "off": null, "deep": {"a": {"t": 7}}, "with space": 1, "\\u00e4": "\\n",
             "rooms": [{"name": "hall", "t": 19}, {"name": "kitchen", "t": 23, "open": [1, 2, 3]}, {"name": "bath"}]}""";

    @ParameterizedTest
    @ValueSource(strings = {"$", "$.t", "$['t']", "$[\"t\"]", "$.deep.a.t", "$..t", "$.*", "$[*]", "$.rooms[0]",
            "$.rooms[-1].name",
        "$.rooms[0:2]", "$.rooms[::2]", "$.rooms[2:0:-1]", "$.rooms[-2:]", "$.rooms[0, 5]", "$['x', 'unit']", "$..open[2]",
        "$.rooms[?@.t > 20]", "$.rooms[?(@.t>20)]", "$.rooms[?@.open]", "$.rooms[?!@.t]", "$.rooms[?@.name == 'hall']",
        "$.rooms[?@.name == 'bath' || @.t == 99]", "$.rooms[?@.t >= 19 && @.t < 20]", "$.rooms[?!(@.t > 20 || @.name == 'hall')]",
        "$[?@ == 21.5]", "$[?@ == 2.15e1]", "$[?@ == null]", "$[?@ == true]", "$.rooms[?@.t != 19]",
        "$.rooms[?@.t == $.rooms[0].t]",
        "$['with space']", "$.\u00e4", "$['\u00e4']", "$..[?@.t == 7]", "$.rooms[?@.name >= 'kitchen']", "$.rooms[?@.x == @.y]",
        "$.rooms[?@.open[?@ > 2]]", "$.off"})
    void somethingIsFound(String query) {
        assertThat(JsonPath.parse(query).finds(CONTENT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$.x", "$.T", "$.t.x", "$.t[0]", "$.rooms.name", "$.rooms[3]", "$.rooms[-4]", "$.rooms[5:]",
            "$.rooms[2:1]",
        "$..x", "$.unit[0]", "$.rooms[?@.t > 23]", "$.rooms[?@.t > '1']", "$.rooms[?@.name == 19]", "$[?@ == 'true']",
        "$.rooms[?@.x != @.y]", "$.rooms[0:3:0]", "$.rooms[?@.open[?@ > 3]]"})
    void nothingIsFound(String query) {
        assertThat(JsonPath.parse(query).finds(CONTENT)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "t", "$.", "$..", "$[", "$[]", "$['t]", "$[?]", "$[?@.t >]", "$[?1]", "$[?@.t = 1]",
            "$[?length(@) > 1]",
        "$[?(@.t]", "$.t x", "$.1", "$[1.5]", "$[99999999999]", "$[?@..t == 1]", "$[?!@.t == 1]", "$['\\x']", "$[0 1]",
        "$[?((((((((((((((((((((((((@.t))))))))))))))))))))))))]"})
    void whatIsNoQueryIsRefused(String query) {
        assertThatThrownBy(() -> JsonPath.parse(query)).isInstanceOf(PrimitiveException.class).hasMessageContaining("cfq");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "22.0 C", "{", "{\"a\":}", "[1,]", "{\"a\" 1}", "\"a", "\"\\x\"", "\"\\u12\"", "+1", "1.",
            "nul", "[1] x",
        "{\"a\":1,}", "\"\u0001\"", "\"\\u00zz\""})
    void whatIsNoJsonIsNoMatch(String content) {
        assertThat(JsonPath.parse("$").finds(content)).isFalse();
    }

    @Test
    void aContentMayBeAValueItself() {
        Attributes value = Attributes.builder().set("t", 21).set("list", List.of(1, 2)).build();
        assertThat(JsonPath.parse("$.list[?@ > 1]").finds(value)).isTrue();
        assertThat(JsonPath.parse("$[?@ == 22]").finds(List.of(21L, 22L))).isTrue();
        assertThat(JsonPath.parse("$").finds("21.5")).as("a number in a text is JSON").isTrue();
    }

    @Test
    void whatItLooksAtIsBounded() {
        String nested = "[".repeat(60) + "1" + "]".repeat(60);
        assertThat(JsonPath.parse("$..*").finds(nested)).isTrue();
        assertThat(JsonPath.parse("$").finds("[".repeat(70) + "]".repeat(70))).as("too deep to be read").isFalse();
        assertThatThrownBy(() -> JsonPath.parse("$..*..*..*..*..*..*..*").finds(nested)).isInstanceOf(PrimitiveException.class)
                .hasMessageContaining("cfq looks at more");
        assertThatThrownBy(() -> JsonPath.parse("$" + ".a".repeat(600))).isInstanceOf(PrimitiveException.class);
    }
}
