// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UPDATE at the hosting CSE (TS-0004 7.2.2.3, 7.2.3.5). */
class UpdateTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void aContainer() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data").with("mni", 5).with("lbl", List.of("old"))).expect(2001);
        cse.events.clear();
        cse.clock.pass(Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @Test
    void whatIsNamedChangesAndTheRestStays() {
        Attributes after = ae.update("mn-name/cae1/data", cnt().with("lbl", List.of("new")).with("mbs", 100)).expect(2004)
                .content();
        assertThat(after.texts("lbl")).containsExactly("new");
        assertThat(after.number("mbs")).contains(100L);
        assertThat(after.number("mni")).contains(5L);
        assertThat(after.number("st")).contains(1L);
        assertThat(after.text("lt")).contains(cse.clock.in(Duration.ZERO));
        assertThat(after.text("ct")).isNotEqualTo(after.text("lt"));
        assertThat(ae.retrieve("mn-name/cae1/data").content()).isEqualTo(after);
    }

    @Test
    void nullDeletesWhatIsOptional() {
        Attributes after = ae.update("mn-name/cae1/data", cnt().with("lbl", Attributes.NULL)).expect(2004).content();
        assertThat(after.has("lbl")).isFalse();
        ae.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("rr", Attributes.NULL)).expect(4000).saying("rr");
        ae.update("mn-name/cae1/data", cnt().with("mni", Attributes.NULL)).expect(2004);
        assertThat(ae.retrieve("mn-name/cae1/data").content().has("mni")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"rn", "ri", "pi", "ty", "ct", "lt", "st", "cr", "cni", "foo"})
    void whatIsNotTheOriginatorsToChange(String attribute) {
        ae.update("mn-name/cae1/data", cnt().with(attribute, "x")).expect(4000).saying(attribute);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("st")).contains(0L);
    }

    @Test
    void whatCanNeverBeUpdated() {
        ae.create("mn-name/cae1/data", CIN, cin("x").named("one")).expect(2001);
        ae.update("mn-name/cae1/data/one", cin("y")).expect(4005);
        cse.admin().update("mn-name", CseDriver.Body.of("m2m:cb").with("lbl", List.of("x"))).expect(4005);
        cse.as("CAdmin").update("mn-name/cae1/none", cnt()).expect(4004);
    }

    @Test
    void theContentMustFitTheTarget() {
        ae.update("mn-name/cae1/data", CseDriver.Body.of("m2m:ae").with("apn", "x")).expect(4000).saying("m2m:cnt");
    }

    @Test
    void theExpirationStaysWithinItsBounds() {
        ae.update("mn-name/cae1/data", cnt().with("et", cse.clock.in(Duration.ofSeconds(-1)))).expect(4000).saying("et");
        String parents = ae.retrieve("mn-name/cae1").content().text("et").orElseThrow();
        assertThat(ae.update("mn-name/cae1/data", cnt().with("et", cse.clock.in(Duration.ofDays(300)))).expect(2004).content()
                .text("et"))
                .contains(parents);
        String soon = cse.clock.in(Duration.ofMinutes(1));
        ae.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("et", soon)).expect(4000).saying("data");
        ae.update("mn-name/cae1/data", cnt().with("et", soon)).expect(2004);
        ae.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("et", soon)).expect(2004);
    }

    @Test
    void resultContents() {
        assertThat(ae.rcn(0).update("mn-name/cae1/data", cnt().with("mni", 6)).expect(2004).response().content()).isEmpty();
        Attributes differences = ae.rcn(9).update("mn-name/cae1/data", cnt().with("mni", 7)).expect(2004).content();
        assertThat(differences.names()).containsExactlyInAnyOrder("st");
        cse.clock.pass(Duration.ofSeconds(1));
        assertThat(ae.rcn(9).update("mn-name/cae1/data", cnt().with("mni", 8)).expect(2004).content().names())
                .containsExactlyInAnyOrder("st", "lt");
    }

    @Test
    void theEventNamesWhatChanged() {
        ae.update("mn-name/cae1/data", cnt().with("mni", 6).with("lbl", Attributes.NULL)).expect(2004);
        assertThat(cse.events).hasSize(1);
        ResourceEvent event = cse.events.get(0);
        assertThat(event.kind()).isEqualTo(ResourceEvent.Kind.UPDATED);
        assertThat(event.subject()).isEqualTo(event.affected());
        assertThat(event.affected().attributes().number("mni")).contains(6L);
        assertThat(event.modified().number("mni")).contains(6L);
        assertThat(event.modified().isNull("lbl")).isTrue();
        assertThat(event.modified().names()).contains("lt", "st").doesNotContain("mbs", "ct", "rn");
    }

    @Test
    void aParentWithAStateTagChangesItsState() {
        ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        ae.update("mn-name/cae1/data/inner", cnt().with("mni", 1)).expect(2004);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("st")).contains(2L);
        assertThat(ae.retrieve("mn-name/cae1/data/inner").content().number("st")).contains(1L);
    }

    @Test
    void anUpdateMayBeConditional() {
        ae.fc("lbl", List.of("other")).update("mn-name/cae1/data", cnt().with("mni", 1)).expect(4004);
        ae.fc("lbl", List.of("old")).update("mn-name/cae1/data", cnt().with("mni", 1)).expect(2004);
    }
}
