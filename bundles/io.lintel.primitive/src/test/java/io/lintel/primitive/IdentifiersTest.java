// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** TS-0001 clause 7.1. */
class IdentifiersTest {

    @Test
    void elementsAreMadeOfUnreservedCharacters() {
        assertThat(Identifiers.isElement("cnt0007")).isTrue();
        assertThat(Identifiers.isElement("Norg.acme_meter-1")).isTrue();
        assertThat(Identifiers.isElement("_x")).isTrue();
        for (String none : new String[] {"", "-", ".", "..", "a/b", "a:b", "~", "a b", "ä", "a#b", "a\n"}) {
            assertThat(Identifiers.isElement(none)).as(none).isFalse();
        }
    }

    @Test
    void aCseIdIsOneElementAfterASlash() {
        assertThat(Identifiers.isCseId("/mn-cse")).isTrue();
        for (String none : new String[] {"mn-cse", "/", "//sp.example/mn-cse", "/mn-cse/C1", "/-", ""}) {
            assertThat(Identifiers.isCseId(none)).as(none).isFalse();
        }
    }

    @Test
    void aStemBeginsWithItsTypeAndGoesOn() {
        assertThat(Identifiers.isAeIdStem("C3532ea3")).isTrue();
        assertThat(Identifiers.isAeIdStem("S5634")).isTrue();
        for (String none : new String[] {"C", "S", "", "c1", "A1", "/S5634", "/mn-cse/C1", "C 1"}) {
            assertThat(Identifiers.isAeIdStem(none)).as(none).isFalse();
        }
    }

    @Test
    void serialisationsAreKnownByMediaTypeAndSuffix() {
        assertThat(Serialization.ofMediaType("application/vnd.onem2m-res+json;ty=3")).contains(Serialization.JSON);
        assertThat(Serialization.ofMediaType("application/vnd.onem2m-ntfy+xml")).contains(Serialization.XML);
        assertThat(Serialization.ofMediaType("application/vnd.onem2m-preq+cbor")).contains(Serialization.CBOR);
        assertThat(Serialization.ofMediaType("Application/JSON; charset=utf-8")).contains(Serialization.JSON);
        assertThat(Serialization.ofMediaType("application/ld+json")).isEmpty();
        assertThat(Serialization.ofMediaType("text/plain")).isEmpty();
        assertThat(Serialization.ofSuffix("xml")).contains(Serialization.XML);
    }
}
