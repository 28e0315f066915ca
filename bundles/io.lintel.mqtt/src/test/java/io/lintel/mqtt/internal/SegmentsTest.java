// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Identifiers as topic levels (TS-0010 6.4.2, MQ-26), in all spellings seen. */
class SegmentsTest {
    private final Segments segments = new Segments(RecordingCse.MN, Set.of("/in-cse", "/Cottage")::contains, true, true);
    private final Segments strict = new Segments(RecordingCse.MN, Set.of("/in-cse")::contains, false, false);

    @ParameterizedTest
    @CsvSource({
        "/in-cse, in-cse", "/in-cse/CAE01, in-cse:CAE01", "/S1234, S1234", "//sp.example/in-cse, :sp.example:in-cse",
    })
    @Tag("MQ-26")
    void anIdentifierBecomesALevel(String id, String segment) {
        assertThat(Segments.ofId(id)).isEqualTo(segment);
    }

    @ParameterizedTest
    @CsvSource({
        "in-cse,                        /in-cse",
        "mn-cse,                        /mn-cse",
        "CAE01,                         CAE01",
        "mn-cse:CAE01,                  CAE01",
        "in-cse:CAE01,                  /in-cse/CAE01",
        "S1234,                         S1234",
        "Cottage,                       /Cottage",
        "asn-1,                         /asn-1",
        ":in-cse,                       /in-cse",
        ":mn-cse:CAE01,                 CAE01",
        ":sp.example:in-cse,            //sp.example/in-cse",
        ":sp.example:in-cse:C5,         //sp.example/in-cse/C5",
        ":lintel.example:in-cse,        /in-cse",
        ":lintel.example:mn-cse:CAE01,  CAE01",
    })
    @Tag("MQ-26")
    void aLevelDenotesAnEntity(String segment, String entity) {
        assertThat(segments.entity(segment)).contains(entity);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a b", "a:b:c", "mn-cse:", "mn-cse:in-cse", ":mn-cse:x", "ü", "-", "::x"})
    void othersDenoteNone(String segment) {
        assertThat(segments.entity(segment)).isEmpty();
    }

    @Test
    void theLeadingColonIsALeniency() {
        assertThat(strict.entity(":in-cse")).isEmpty();
        assertThat(strict.entity("in-cse")).contains("/in-cse");
        assertThat(strict.entity(":sp.example:in-cse")).contains("//sp.example/in-cse");
    }

    @Test
    void theResourceIdOfTheCseBaseIsALeniencyAndGivesWayToACseOfThatName() {
        Segments lenient = new Segments(RecordingCse.MN, Set.of("/in-cse")::contains, true, true);
        assertThat(lenient.others()).containsExactly(":mn-cse", "cb");
        assertThat(lenient.isMe("cb")).isTrue();
        assertThat(lenient.entity("cb:CAE01")).contains("/cb/CAE01");
        assertThat(new Segments(RecordingCse.MN, Set.of("/cb")::contains, true, true).entity("cb")).contains("/cb");
        Segments without = new Segments(RecordingCse.MN, Set.of("/in-cse")::contains, true, false);
        assertThat(without.others()).containsExactly(":mn-cse");
        assertThat(without.isMe("cb")).isFalse();
        assertThat(without.me()).isEqualTo("mn-cse");
    }

    @ParameterizedTest
    @CsvSource({"mn-name, true", "cb, true", "-, true", "/mn-cse, true", "/mn-cse/mn-name, true", "/mn-cse/-, true",
        "//lintel.example/mn-cse, true", "//lintel.example/mn-cse/cb, true", "mn-name/x, false", "/in-cse, false",
        "/in-cse/mn-name, false", "//other.example/mn-cse, false", "x, false"})
    void theCseBaseHasManyAddresses(String address, boolean own) {
        assertThat(segments.isMyBase(address)).isEqualTo(own);
    }

    @Test
    void aCseThatIsNotKnownYetIsToldFromAnAeByItsFrom() {
        assertThat(segments.entity("Cabin", Optional.of("/Cabin"))).contains("/Cabin");
        assertThat(segments.entity("Cabin", Optional.of("Cabin"))).contains("Cabin");
        assertThat(segments.entity("Cabin", Optional.of("/other"))).contains("Cabin");
    }

    @ParameterizedTest
    @CsvSource({
        "/in-cse, /in-cse", "/mn-cse/CAE01, CAE01", "/S5, S5", "CAE01, CAE01", "//lintel.example/mn-cse/CAE01, CAE01",
        "//lintel.example/in-cse, /in-cse", "//sp.example/in-cse, //sp.example/in-cse", "/in-cse/C5, /in-cse/C5",
    })
    void identifiersHaveOneNormalForm(String id, String normal) {
        assertThat(segments.normalise(id)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({
        "CAE01, false, CAE01", "CAE01, true, mn-cse:CAE01", "S5, true, S5", "/in-cse, true, in-cse",
                "/in-cse/C5, false, in-cse:C5",
    })
    void receiversGetTheConfiguredForm(String entity, boolean spRelative, String segment) {
        assertThat(segments.segment(entity, spRelative)).isEqualTo(segment);
    }

    @Test
    @Tag("MQ-33")
    void aCredentialKeepsItsSlashes() {
        assertThat(Segments.credential("10-abc@mef.example")).isEqualTo("10-abc@mef.example");
        assertThat(Segments.credential("a:b")).isEqualTo("a/b");
        assertThat(Segments.credential(":mn-cse")).isEqualTo("/mn-cse");
    }
}
