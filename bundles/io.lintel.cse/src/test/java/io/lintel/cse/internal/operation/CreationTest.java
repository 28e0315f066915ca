// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.ACP;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.SUB;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CREATE at the hosting CSE (TS-0004 7.2.2.1, 7.2.3.2). */
class CreationTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAe() {
        ae = cse.ae("CAE1");
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @Test
    void theCseFillsInWhatIsItsOwn() {
        Attributes made = ae.create("mn-name/cae1", CNT, cnt().named("data").with("lbl", List.of("a", "b"))).expect(2001)
                .content();
        assertThat(made.text("rn")).contains("data");
        assertThat(made.text("pi")).contains("CAE1");
        assertThat(made.number("ty")).contains(3L);
        assertThat(made.number("st")).contains(0L);
        assertThat(made.number("cni")).contains(0L);
        assertThat(made.number("cbs")).contains(0L);
        assertThat(made.text("ct")).isEqualTo(made.text("lt")).contains(cse.clock.in(Duration.ZERO));
        assertThat(made.texts("lbl")).containsExactly("a", "b");
        assertThat(made.has("cr")).isFalse();
        assertThat(ae.retrieve(made.text("ri").orElseThrow()).expect(2000).content()).isEqualTo(made);
    }

    @Test
    void aNameIsInventedWhereNoneIsGiven() {
        String first = ae.create("mn-name/cae1", CNT, cnt()).expect(2001).content().text("rn").orElseThrow();
        String second = ae.create("mn-name/cae1", CNT, cnt()).expect(2001).content().text("rn").orElseThrow();
        assertThat(first).isNotEqualTo(second);
        ae.retrieve("mn-name/cae1/" + first).expect(2000);
    }

    @Test
    void anInventedNameAvoidsTheChosenOnes() {
        String id = ae.create("mn-name/cae1", CNT, cnt()).expect(2001).ri();
        int number = Integer.parseInt(id.replaceAll("\\D", ""));
        for (int i = 1; i <= 8; i++) {
            ae.create("mn-name/cae1", CNT, cnt().named("cnt" + (number + i + 10))).expect(2001);
        }
        for (int i = 0; i < 20; i++) {
            ae.create("mn-name/cae1", CNT, cnt()).expect(2001);
        }
    }

    @Test
    void aNameIsThereOncePerParent() {
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(4105).saying("data");
        ae.create("mn-name/cae1/data", CNT, cnt().named("data")).expect(2001);
    }

    @ParameterizedTest
    @CsvSource({"la", "ol", "fopt", "pcu", "a/b", "a b", "'-'", "ä"})
    void aNameThatNoResourceMayHave(String name) {
        ae.create("mn-name/cae1", CNT, cnt().named(name)).expect(4000);
    }

    @Test
    void theCreatorIsFilledInOnDemand() {
        Attributes made = ae.create("mn-name/cae1", CNT, cnt().with("cr", Attributes.NULL)).expect(2001).content();
        assertThat(made.text("cr")).contains("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().with("cr", "CAE1")).expect(4000).saying("cr");
    }

    @Test
    void contentMustBeThereAndFitTheType() {
        ae.send(ae.builder(Operation.CREATE, "mn-name/cae1").resourceType(CNT)).expect(4000).saying("pc");
        ae.create("mn-name/cae1", CNT, cin("x")).expect(4000).saying("m2m:cnt");
        ae.create("mn-name/cae1", CNT, CseDriver.Body.of("cnt")).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"ri", "pi", "ct", "lt", "cni", "cbs", "st", "li"})
    void whatTheCseAssignsIsNotPermitted(String attribute) {
        ae.create("mn-name/cae1", CNT, cnt().with(attribute, "x")).expect(4000).saying(attribute);
    }

    @Test
    void unknownAttributesAndBadValuesAreNamed() {
        ae.create("mn-name/cae1", CNT, cnt().with("foo", "x")).expect(4000).saying("foo");
        ae.create("mn-name/cae1", CNT, cnt().with("mni", -1)).expect(4000).saying("mni");
        ae.create("mn-name/cae1", CNT, cnt().with("mbs", "many")).expect(4000).saying("mbs");
        ae.create("mn-name/cae1", CNT, cnt().with("lbl", "a")).expect(4000).saying("lbl");
        ae.create("mn-name/cae1", CIN, cin("x")).expect(4108);
        ae.create("mn-name/cae1", CNT, cnt().with("lbl", Attributes.NULL)).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"-1, 4000", "0, 4000", "60, 2001"})
    void theExpirationLiesInTheFuture(long seconds, int status) {
        ae.create("mn-name/cae1", CNT, cnt().with("et", cse.clock.in(Duration.ofSeconds(seconds)))).expect(status);
    }

    @Test
    void theExpirationIsNoLaterThanTheParentsAndThePolicys() {
        String parents = ae.retrieve("mn-name/cae1").content().text("et").orElseThrow();
        String late = cse.clock.in(Duration.ofDays(3000));
        assertThat(ae.create("mn-name/cae1", CNT, cnt().with("et", late)).expect(2001).content().text("et")).contains(parents);
        assertThat(cse.as("CAE2").create("mn-name", CseDriver.AE, CseDriver.ae().with("et", late)).expect(2001).content()
                .text("et"))
                .contains(cse.clock.in(Duration.ofDays(365)));
        cse.clock.pass(Duration.ofDays(10));
        assertThat(ae.create("mn-name/cae1", CNT, cnt()).expect(2001).content().text("et")).contains(parents);
    }

    @Test
    void childrenFitTheirParents() {
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
        ae.create("mn-name/cae1/data", CIN, cin("x").named("one")).expect(2001);
        ae.create("mn-name/cae1/data/one", CNT, cnt()).expect(4108);
        ae.create("mn-name/cae1/data", ACP, CseDriver.Body.of("m2m:acp")).expect(4108);
        ae.create("mn-name/cae1/data/one", SUB, CseDriver.Body.of("m2m:sub").with("nu", List.of("CAE1"))).expect(5203);
        ae.create("mn-name/cae1/data", SUB, CseDriver.Body.of("m2m:sub").with("nu", List.of("CAE1"))).expect(2001);
    }

    @Test
    void theContentIsAnObject() {
        ae.send(ae.builder(Operation.CREATE, "mn-name/cae1").resourceType(CNT)
                    .content(new Content("m2m:cnt", "data"))).expect(4000)
                .saying("m2m:cnt");
        ae.send(ae.builder(Operation.CREATE, "mn-name/cae1").resourceType(CNT).content(new Content("m2m:cnt", List.of())))
                .expect(4000);
        ae.send(ae.builder(Operation.UPDATE, "mn-name/cae1").content(new Content("m2m:ae", ""))).expect(4000);
    }

    @Test
    void theTypeIsJudgedBeforeItsParent() {
        ae.create("mn-name/cae1", 45, CseDriver.Body.of("m2m:x")).expect(5001);
        ae.create("mn-name/cae1/none", 45, CseDriver.Body.of("m2m:x")).expect(4004);
    }

    @Test
    void anAnnouncementThatHasToWaitIsNoReasonToWaitForTheAnswer() {
        assertThat(ae.create("mn-name/cae1", CNT, cnt().with("at", List.of("/in-cse"))).expect(2001).content().texts("at"))
                .containsExactly("/in-cse");
        assertThat(ae.create("mn-name/cae1", CNT, cnt().with("at", List.of())).expect(2001).content().has("at")).isFalse();
    }

    @Test
    void aPolicyThatIsNamedMustExist() {
        ae.create("mn-name/cae1", CNT, cnt().with("acpi", List.of("mn-name/none"))).expect(4000).saying("mn-name/none");
        ae.create("mn-name/cae1", CNT, cnt().with("acpi", List.of("mn-name/cae1"))).expect(4000);
        ae.create("mn-name/cae1", CNT, cnt().with("acpi", List.of("/in-cse/acp1"))).expect(2001);
    }

    @Test
    void resultContents() {
        assertThat(ae.rcn(0).create("mn-name/cae1", CNT, cnt()).expect(2001).response().content()).isEmpty();
        assertThat(ae.rcn(2).create("mn-name/cae1", CNT, cnt().named("b")).expect(2001).text()).isEqualTo("mn-name/cae1/b");
        Attributes wrapped = ae.rcn(3).create("mn-name/cae1", CNT, cnt().named("c")).expect(2001).content();
        assertThat(wrapped.text("uri")).contains("mn-name/cae1/c");
        assertThat(wrapped.object("m2m:cnt").flatMap(c -> c.text("rn"))).contains("c");
        Attributes differences = ae.rcn(9).create("mn-name/cae1", CNT, cnt().named("d").with("mni", 3)).expect(2001).content();
        assertThat(differences.names()).contains("ri", "pi", "ct", "et", "cni").doesNotContain("rn", "mni");
    }

    @Test
    void theParentChangesItsStateAndTellsOfTheChild() {
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
        cse.events.clear();
        ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("st")).contains(1L);
        assertThat(cse.events).hasSize(1);
        ResourceEvent event = cse.events.get(0);
        assertThat(event.kind()).isEqualTo(ResourceEvent.Kind.CHILD_CREATED);
        assertThat(event.subject().name()).isEqualTo("data");
        assertThat(event.subject().attributes().number("st")).contains(1L);
        assertThat(event.affected().name()).isEqualTo("inner");
        assertThat(event.context().originator()).isEqualTo("CAE1");
    }

    @Test
    void whatIsRefusedLeavesNothingBehind() {
        long before = cse.store.resourceCount();
        cse.events.clear();
        ae.create("mn-name/cae1", CNT, cnt().with("foo", 1)).expect(4000);
        ae.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").with("pv", Attributes.empty())
                .with("pvs", Attributes.empty()))
                .expect(4000).saying("pvs");
        assertThat(cse.store.resourceCount()).isEqualTo(before);
        assertThat(cse.events).isEmpty();
    }

    @Test
    void aFullStoreIsBusyAndSaysSo() throws InterruptedException {
        try (InMemoryResourceStore small = new InMemoryResourceStore(1); CseDriver busy = new CseDriver(cse.settings, small)) {
            CseDriver.Peer peer = busy.ae("CAE1");
            java.util.concurrent.CountDownLatch held = new java.util.concurrent.CountDownLatch(1);
            java.util.concurrent.CountDownLatch running = new java.util.concurrent.CountDownLatch(1);
            small.write(writer -> {
                running.countDown();
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return null;
            });
            running.await();
            small.write(writer -> null);
            CseDriver.Result refused = peer.create("CAE1", CNT, cnt()).expect(5103);
            assertThat(io.lintel.cse.api.Busy.isBusy(refused.response())).isTrue();
            held.countDown();
        }
    }
}
