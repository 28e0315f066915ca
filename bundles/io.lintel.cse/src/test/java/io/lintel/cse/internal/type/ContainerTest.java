// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers and what they hold (TS-0004 7.4.6, 7.4.7, 7.4.27, 7.4.28). */
class ContainerTest {
    private static final String DATA = "mn-name/cae1/data";

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

    private void container(CseDriver.Body body) {
        ae.create("mn-name/cae1", CNT, body.named("data")).expect(2001);
    }

    private Attributes put(Object content) {
        return ae.create(DATA, CIN, cin(content)).expect(2001).content();
    }

    private long number(String attribute) {
        return ae.retrieve(DATA).expect(2000).content().number(attribute).orElseThrow();
    }

    private Optional<String> latest() {
        return ae.retrieve(DATA + "/la").expect(2000).content().text("con");
    }

    private Optional<String> oldest() {
        return ae.retrieve(DATA + "/ol").expect(2000).content().text("con");
    }

    @Test
    void anInstanceIsCounted() {
        container(cnt());
        Attributes first = put("12345");
        assertThat(first.number("cs")).contains(5L);
        assertThat(first.number("st")).contains(1L);
        assertThat(put("äö").number("cs")).contains(4L);
        assertThat(number("cni")).isEqualTo(2);
        assertThat(number("cbs")).isEqualTo(9);
        assertThat(number("st")).isEqualTo(2);
    }

    @Test
    void theNewestAndTheOldest() {
        container(cnt());
        ae.retrieve(DATA + "/la").expect(4004);
        ae.retrieve(DATA + "/ol").expect(4004);
        ae.delete(DATA + "/la").expect(4004);
        put("1");
        put("2");
        put("3");
        assertThat(latest()).contains("3");
        assertThat(oldest()).contains("1");
        ae.delete(DATA + "/la").expect(2002);
        ae.delete(DATA + "/ol").expect(2002);
        assertThat(latest()).contains("2");
        assertThat(oldest()).contains("2");
        assertThat(number("cni")).isEqualTo(1);
    }

    @Test
    void theOldestGivesWayByNumber() {
        container(cnt().with("mni", 3));
        for (int i = 1; i <= 5; i++) {
            put("" + i);
        }
        assertThat(number("cni")).isEqualTo(3);
        assertThat(number("st")).isEqualTo(5);
        assertThat(oldest()).contains("3");
    }

    @Test
    void theOldestGiveWayBySize() {
        container(cnt().with("mbs", 10));
        put("1234");
        put("5678");
        put("123456789");
        assertThat(number("cni")).isEqualTo(1);
        assertThat(number("cbs")).isEqualTo(9);
        ae.create(DATA, CIN, cin("12345678901")).expect(5207).saying("mbs");
        assertThat(latest()).contains("123456789");
    }

    @Test
    void whatGivesWayDoesSoSilently() {
        container(cnt().with("mni", 1));
        put("1");
        cse.events.clear();
        put("2");
        assertThat(cse.events).extracting(ResourceEvent::kind).containsExactly(ResourceEvent.Kind.CHILD_CREATED);
        assertThat(cse.events.get(0).subject().attributes().number("cni")).contains(1L);
    }

    @Test
    void aContainerForNothingHoldsNothing() {
        container(cnt().with("mni", 0));
        ae.create(DATA, CIN, cin("x")).expect(5207).saying("mni");
        assertThat(number("cni")).isZero();
    }

    @Test
    void contentHasAMaximumSize() {
        container(cnt());
        ae.create(DATA, CIN, cin("x".repeat(10_001))).expect(5207);
        ae.create(DATA, CIN, cin("x".repeat(10_000))).expect(2001);
    }

    @Test
    void anInstanceNeedsContentAndFitsItsRules() {
        container(cnt());
        ae.create(DATA, CIN, CseDriver.Body.of("m2m:cin")).expect(4000).saying("con");
        ae.create(DATA, CIN, cin("x").with("cs", 1)).expect(4000).saying("cs");
        ae.create(DATA, CIN, cin("x").with("st", 1)).expect(4000);
        ae.create(DATA, CIN, cin("x").with("acpi", List.of("base"))).expect(4000).saying("acpi");
        ae.create(DATA, CIN, cin("x").with("cnf", "text/plain:0")).expect(2001);
    }

    @Test
    void contentMayBeOfAnyKind() {
        container(cnt());
        assertThat(put(22L).number("cs")).contains(2L);
        assertThat(put(true).number("cs")).contains(4L);
        Attributes object = Attributes.builder().set("t", 21L).set("u", "C").build();
        assertThat(put(object).number("cs")).contains((long) "{\"t\":21,\"u\":\"C\"}".length());
        assertThat(ae.retrieve(DATA + "/la").content().get("con")).contains(object);
    }

    @Test
    void loweringALimitTakesEffectAtOnce() {
        container(cnt());
        for (int i = 1; i <= 6; i++) {
            put("" + i);
        }
        assertThat(ae.update(DATA, cnt().with("mni", 2)).expect(2004).content().number("cni")).contains(2L);
        assertThat(oldest()).contains("5");
        ae.update(DATA, cnt().with("mbs", 1)).expect(2004);
        assertThat(number("cni")).isEqualTo(1);
        assertThat(latest()).contains("6");
    }

    @Test
    void aHugeSurplusGoesInSteps() {
        container(cnt());
        for (int i = 0; i < Instances.STEP * 2 + 10; i++) {
            cse.core().dispatcher().handle(ae.builder(io.lintel.primitive.Operation.CREATE, DATA).resourceType(CIN)
                    .content(new io.lintel.primitive.Content("m2m:cin", cin("x").attributes())).build(), ae.hop());
            if (i % 400 == 0) {
                number("cni");
                ae.update(DATA, cnt().with("lbl", List.of("wait"))).expect(2004);
            }
        }
        ae.update(DATA, cnt().with("mni", 3)).expect(2004);
        for (int i = 0; i < 5; i++) {
            ae.update(DATA, cnt().with("lbl", List.of("again"))).expect(2004);
        }
        assertThat(number("cni")).isEqualTo(3);
        assertThat(cse.store.resourceCount()).isEqualTo(4 + 3);
    }

    @Test
    void anInstanceGrowsNoOlderThanItsContainerAllows() {
        container(cnt().with("mia", 60));
        Attributes first = put("1");
        assertThat(first.text("et")).contains(cse.clock.in(Duration.ofSeconds(60)));
        assertThat(ae.create(DATA, CIN, cin("2").with("et", cse.clock.in(Duration.ofSeconds(20)))).expect(2001).content()
                .text("et"))
                .contains(cse.clock.in(Duration.ofSeconds(20)));
        cse.clock.pass(Duration.ofSeconds(30));
        assertThat(latest()).contains("1");
        cse.clock.pass(Duration.ofSeconds(30));
        ae.retrieve(DATA + "/la").expect(4004);
        assertThat(number("cni")).isZero();
        put("3");
        assertThat(oldest()).contains("3");
    }

    @Test
    void loweringTheAgeLimitRemovesWhatIsTooOld() {
        container(cnt());
        put("1");
        cse.clock.pass(Duration.ofSeconds(30));
        put("2");
        ae.update(DATA, cnt().with("mia", 20)).expect(2004);
        assertThat(number("cni")).isEqualTo(1);
        assertThat(oldest()).contains("2");
        cse.clock.pass(Duration.ofSeconds(25));
        put("3");
        assertThat(oldest()).contains("3");
    }

    @Test
    void anExpiredInstanceIsNotServed() {
        container(cnt());
        put("1");
        ae.create(DATA, CIN, cin("2").named("short").with("et", cse.clock.in(Duration.ofSeconds(5)))).expect(2001);
        cse.clock.pass(Duration.ofSeconds(5));
        ae.retrieve(DATA + "/short").expect(4004);
        assertThat(latest()).contains("1");
        assertThat(number("cni")).isEqualTo(1);
    }

    @Test
    void aDeleteOfTheLatestSkipsWhatHasExpired() {
        container(cnt());
        put("1");
        ae.create(DATA, CIN, cin("2").with("et", cse.clock.in(Duration.ofSeconds(5)))).expect(2001);
        cse.clock.pass(Duration.ofSeconds(5));
        ae.delete(DATA + "/la").expect(2002);
        assertThat(number("cni")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"mni, -1", "mbs, -5", "mia, -1"})
    void limitsAreNotNegative(String attribute, long value) {
        ae.create("mn-name/cae1", CNT, cnt().with(attribute, value)).expect(4000).saying(attribute);
    }

    @Test
    void disabledRetrieval() {
        container(cnt().with("disr", true));
        ae.create(DATA, CIN, cin("secret").named("one")).expect(2001);
        ae.retrieve(DATA + "/one").expect(4005);
        ae.retrieve(DATA + "/la").expect(4005);
        ae.retrieve(DATA + "/ol").expect(4005);
        ae.delete(DATA + "/one").expect(4005);
        ae.delete(DATA + "/la").expect(4005);
        assertThat(ae.rcn(4).retrieve(DATA).expect(2000).names("m2m:cin")).isEmpty();
        ae.update(DATA, cnt().with("disr", false)).expect(2004);
        ae.retrieve(DATA + "/one").expect(4004);
        assertThat(number("cni")).isZero();
        put("open");
        assertThat(latest()).contains("open");
    }

    @Test
    void manyInstancesThatWereWrittenInSecretGoBeforeTheContainerOpens() {
        container(cnt().with("disr", true));
        int many = Instances.STEP * 3 + 10;
        for (int i = 0; i < many; i++) {
            cse.core().dispatcher().handle(ae.builder(io.lintel.primitive.Operation.CREATE, DATA).resourceType(CIN)
                    .content(new io.lintel.primitive.Content("m2m:cin", cin("x").attributes())).build(), ae.hop());
            if (i % 400 == 0) {
                ae.update(DATA, cnt().with("lbl", List.of("wait"))).expect(2004);
            }
        }
        ae.update(DATA, cnt().with("lbl", List.of("all are there"))).expect(2004);
        assertThat(number("cni")).isEqualTo(many);
        cse.as("CStranger").update(DATA, cnt().with("disr", false)).expect(4106);
        cse.ae("CAE9").update(DATA, cnt().with("disr", false)).expect(4103);
        assertThat(number("cni")).as("nothing goes for somebody without privilege").isEqualTo(many);
        assertThat(ae.update(DATA, cnt().with("disr", false)).expect(2004).content().number("cni")).contains(0L);
        assertThat(ae.fc("fu", 1).retrieve(DATA).expect(2000).list()).isEmpty();
        put("open");
        assertThat(latest()).contains("open");
    }

    @Test
    void aNamedInstance() {
        container(cnt());
        ae.create(DATA, CIN, cin("x").named("one")).expect(2001);
        ae.create(DATA, CIN, cin("y").named("one")).expect(4105);
        assertThat(ae.retrieve(DATA + "/one").content().text("con")).contains("x");
    }
}
