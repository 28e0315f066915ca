// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.FlexContainerTypes;
import io.lintel.primitive.RequestParameter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** flexContainers by their definitions, and their instances (TS-0001 9.6.35, TS-0004 7.4.37, TS-0023). */
class FlexContainerTest {
    private static final int FCNT = 28;
    private static final String URN = "org.onem2m.common.moduleclass.";
    private static final String LAMP = "mn-name/cae1/lamp";

    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAe() {
        ae = cse.ae("CAE1");
    }

    @AfterEach
    void close() {
        FlexContainerTypes.contribute(Map.of());
        cse.close();
    }

    private static Body body(String element, String urn) {
        return Body.of(element).with("cnd", urn);
    }

    private static Body brightness(int value) {
        return body("cod:brigs", URN + "brightness").with("brigs", value).named("lamp");
    }

    private static Body change(int value) {
        return Body.of("cod:brigs").with("brigs", value);
    }

    private Attributes create(Body body) {
        return ae.create("mn-name/cae1", FCNT, body).expect(2001).content();
    }

    private CseDriver.Peer speaking(String release) {
        return ae.with(RequestParameter.RELEASE_VERSION_INDICATOR, release);
    }

    private long number(String attribute) {
        return ae.retrieve(LAMP).expect(2000).content().number(attribute).orElseThrow();
    }

    @Test
    void aModuleIsCreatedByItsDefinition() {
        Attributes made = create(brightness(50).with("lbl", List.of("room:kitchen")).with("cr", Attributes.NULL));

        assertThat(made.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "lbl", "cr", "cnd", "brigs",
                "cs", "st");
        assertThat(made.number("ty")).contains(28L);
        assertThat(made.text("cr")).contains("CAE1");
        assertThat(made.number("brigs")).contains(50L);
        assertThat(made.number("cs")).contains(2L);
        assertThat(made.number("st")).contains(0L);
        assertThat(ae.retrieve(LAMP).expect(2000).response().content().orElseThrow().name()).isEqualTo("cod:brigs");
    }

    @Test
    void anUpdateRaisesTheStateTagAndTheSize() {
        create(brightness(50));
        Attributes updated = ae.update(LAMP, change(100)).expect(2004).content();
        assertThat(updated.number("brigs")).contains(100L);
        assertThat(updated.number("cs")).contains(3L);
        assertThat(updated.number("st")).contains(1L);
    }

    @Test
    void aDeviceHasItsModulesBelowIt() {
        create(body("cod:devLt", "org.onem2m.common.device.deviceLight").named("light"));
        ae.create("mn-name/cae1/light", FCNT, body("cod:binSh", URN + "binarySwitch").with("state", true)).expect(2001);
        ae.create("mn-name/cae1/light", FCNT, body("hd:binSh", "org.onem2m.home.moduleclass.binarySwitch").with("powSe", true))
                .expect(2001);
        ae.create("mn-name/cae1/light", CseDriver.CNT, CseDriver.cnt()).expect(2001);
        assertThat(ae.rcn(4).retrieve("mn-name/cae1/light").expect(2000).content().objects("cod:binSh")).hasSize(1);
    }

    @Test
    void genericInterworkingServicesHaveOperationInstances() {
        create(body("m2m:gis", "org.onem2m.genericInterworkingService").with("gisn", "heating").named("service"));
        Attributes made = ae.create("mn-name/cae1/service", FCNT, body("m2m:gio",
                "org.onem2m.genericInterworkingOperationInstance").with("gion", "boost").with("gios", "start")).expect(2001)
                .content();
        assertThat(made.text("gion")).contains("boost");
        ae.create("mn-name/cae1", FCNT, body("m2m:gis", "org.onem2m.genericInterworkingService")).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"1, 5001", "2a, 5001", "3, 4125", "4, 4125"})
    void anUnknownDefinitionIsNamedAsTheReleaseCan(String release, int code) {
        speaking(release).create("mn-name/cae1", FCNT, body("my:thing", "org.example.thing")).expect(code);
        speaking(release).create("mn-name/cae1", FCNT, body("cod:brigs", "org.example.thing").with("brigs", 1)).expect(code);
        speaking(release).create("mn-name/cae1", FCNT, body("m2m:fcnt", "org.example.thing")).expect(code);
    }

    @ParameterizedTest
    @CsvSource({"cod:lock", "m2m:fcnt", "m2m:cnt", "fcnt"})
    void elementAndDefinitionMustAgree(String element) {
        ae.create("mn-name/cae1", FCNT, body(element, URN + "brightness").with("brigs", 1)).expect(4000);
    }

    @Test
    void withoutADefinitionNothingIsCreated() {
        ae.create("mn-name/cae1", FCNT, Body.of("cod:brigs").with("brigs", 1)).expect(4000);
    }

    @Test
    void ownAttributesAreHeldAgainstTheDefinition() {
        ae.create("mn-name/cae1", FCNT, body("cod:brigs", URN + "brightness")).expect(4000);
        ae.create("mn-name/cae1", FCNT, brightness(1).with("dim", 3)).expect(4000);
        ae.create("mn-name/cae1", FCNT, body("cod:brigs", URN + "brightness").with("brigs", "bright")).expect(4000);
        ae.create("mn-name/cae1", FCNT, body("cod:dooSs", URN + "doorStatus").with("dooSe", 9)).expect(4000);
        create(brightness(1));
        ae.update(LAMP, Body.of("cod:brigs").with("brigs", Attributes.NULL)).expect(4000);
        ae.update(LAMP, Body.of("cod:brigs").with("dim", 3)).expect(4000);
        ae.update(LAMP, Body.of("cod:brigs").with("cnd", URN + "lock")).expect(4000);
        ae.update(LAMP, Body.of("cod:lock").with("brigs", 3)).expect(4000);
        assertThat(number("brigs")).isEqualTo(1);
    }

    @Test
    void oneOfItsAttributesCanBeRetrieved() {
        create(brightness(7));
        assertThat(ae.retrieve(LAMP, "brigs").expect(2000).content()).isEqualTo(Attributes.of("brigs", 7));
        ae.retrieve(LAMP, "lock").expect(4000);
    }

    @Test
    void tooMuchIsNotStored() {
        ae.create("mn-name/cae1", FCNT, body("cod:texMe", URN + "textMessage").with("texMe", "x".repeat(10_001))).expect(5207);
    }

    @Test
    void aDefinitionThatABundleBringsIsInForceWhileItIsThere() {
        Body toaster = body("my:toast", "org.example.moduleclass.toaster").with("brown", 3).named("toaster");
        ae.create("mn-name/cae1", FCNT, toaster).expect(5001);
        Map<String, String> bundle = Map.of("bundle", "domain my org.example\nmodule toaster toast\nbrown browning integer M\n");
        FlexContainerTypes.contribute(bundle);
        create(toaster);

        FlexContainerTypes.contribute(Map.of());
        Attributes kept = ae.retrieve("mn-name/cae1/toaster").expect(2000).content();
        assertThat(kept.number("brown")).contains(3L);
        assertThat(ae.retrieve("mn-name/cae1/toaster", "brown").expect(2000).content().number("brown")).contains(3L);
        speaking("3").update("mn-name/cae1/toaster", Body.of("my:toast").with("brown", 4)).expect(4125);
        ae.update("mn-name/cae1/toaster", Body.of("my:toast").with("lbl", List.of("old"))).expect(2004);
        ae.create("mn-name/cae1/toaster", CseDriver.CNT, CseDriver.cnt()).expect(2001);
        assertThat(ae.rcn(4).retrieve("mn-name/cae1").expect(2000).content().objects("my:toast")).hasSize(1);

        FlexContainerTypes.contribute(bundle);
        ae.update("mn-name/cae1/toaster", Body.of("my:toast").with("brown", 4)).expect(2004);
        FlexContainerTypes.contribute(Map.of());
        ae.delete("mn-name/cae1/toaster").expect(2002);
    }

    @Test
    void instancesAreMadeWhereTheyAreAskedFor() {
        create(brightness(1));
        ae.retrieve(LAMP + "/la").expect(4004);
        ae.update(LAMP, change(2).with("fcied", true)).expect(2004);
        ae.update(LAMP, change(3)).expect(2004);
        ae.update(LAMP, Body.of("cod:brigs").with("lbl", List.of("x"))).expect(2004);

        Attributes latest = ae.retrieve(LAMP + "/la").expect(2000).content();
        assertThat(latest.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "cs", "org", "brigs");
        assertThat(latest.number("ty")).contains(58L);
        assertThat(latest.number("brigs")).contains(3L);
        assertThat(latest.number("cs")).contains(1L);
        assertThat(latest.text("org")).contains("CAE1");
        assertThat(ae.retrieve(LAMP + "/ol").expect(2000).content().number("brigs")).contains(2L);
        assertThat(number("cni")).isEqualTo(2);
        assertThat(number("cbs")).isEqualTo(2);
        assertThat(number("st")).isEqualTo(3);
    }

    @Test
    void theFirstInstanceIsMadeAtTheCreation() {
        Attributes made = create(brightness(10).with("fcied", true).with("mni", 2).with("dgt", "20260101T000000"));
        assertThat(made.number("cni")).contains(1L);
        assertThat(made.number("cbs")).contains(2L);
        Attributes first = ae.retrieve(LAMP + "/la").expect(2000).content();
        assertThat(first.number("brigs")).contains(10L);
        assertThat(first.text("dgt")).contains("20260101T000000");
        assertThat(cse.events).filteredOn(event -> event.kind() == ResourceEvent.Kind.CHILD_CREATED)
                .anyMatch(event -> event.affected().type() == 58 && event.subject().name().equals("lamp"));
    }

    @Test
    void theOldestInstancesGiveWay() {
        create(brightness(0).with("fcied", true).with("mni", 3));
        for (int i = 1; i < 6; i++) {
            ae.update(LAMP, change(i)).expect(2004);
        }
        assertThat(number("cni")).isEqualTo(3);
        assertThat(ae.retrieve(LAMP + "/ol").expect(2000).content().number("brigs")).contains(3L);
        ae.update(LAMP, Body.of("cod:brigs").with("mbs", 1)).expect(2004);
        assertThat(number("cni")).isEqualTo(1);
        assertThat(ae.retrieve(LAMP + "/ol").expect(2000).content().number("brigs")).contains(5L);
        ae.update(LAMP, change(77)).expect(2004);
        assertThat(ae.retrieve(LAMP + "/la").expect(2000).content().number("brigs")).contains(5L);
    }

    @Test
    void anInstanceEndsByItsAge() {
        create(brightness(0).with("fcied", true).with("mia", 60));
        cse.clock.pass(Duration.ofSeconds(30));
        ae.update(LAMP, change(1)).expect(2004);
        cse.clock.pass(Duration.ofSeconds(31));
        assertThat(ae.retrieve(LAMP + "/ol").expect(2000).content().number("brigs")).contains(1L);
        cse.clock.pass(Duration.ofSeconds(30));
        ae.retrieve(LAMP + "/la").expect(4004);
        assertThat(number("cni")).isZero();
    }

    @Test
    void switchedOffItKeepsItsInstancesAndWithoutTheAttributeItHasNone() {
        create(brightness(0).with("fcied", true));
        ae.update(LAMP, change(1).with("fcied", false)).expect(2004);
        assertThat(number("cni")).isEqualTo(1);
        assertThat(ae.retrieve(LAMP + "/la").expect(2000).content().number("brigs")).contains(0L);
        ae.update(LAMP, Body.of("cod:brigs").with("fcied", Attributes.NULL)).expect(2004);
        ae.retrieve(LAMP + "/la").expect(4004);
        assertThat(ae.retrieve(LAMP).expect(2000).content().get("cni")).isEqualTo(Optional.empty());
    }

    @Test
    void anInstanceIsOnlyReadOrDeleted() {
        create(brightness(0).with("fcied", true));
        ae.create(LAMP, 58, Body.of("m2m:fci").with("brigs", 1)).expect(4005);
        String id = ae.retrieve(LAMP + "/la").expect(2000).content().text("ri").orElseThrow();
        ae.update(id, Body.of("m2m:fci").with("brigs", 1)).expect(4005);
        ae.update(LAMP + "/la", Body.of("m2m:fci").with("brigs", 1)).expect(4005);
        cse.ae("CAE2").retrieve(id).expect(4103);
        assertThat(ae.retrieve(id, "brigs").expect(2000).content()).isEqualTo(Attributes.of("brigs", 0));
        ae.delete(LAMP + "/la").expect(2002);
        assertThat(number("cni")).isZero();
        assertThat(number("cbs")).isZero();
    }

    @Test
    void deletedWithAllItsInstances() {
        create(brightness(0).with("fcied", true));
        for (int i = 0; i < 700; i++) {
            ae.update(LAMP, change(i)).expect(2004);
        }
        assertThat(number("cni")).isEqualTo(701);
        ae.delete(LAMP).expect(2002);
        ae.retrieve(LAMP).expect(4004);
    }
}
