// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.location;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Location policies, the container beside each, and what is said of positions (TS-0004 7.4.11). */
class LocationPolicyTest {
    private static final int LCP = 10;
    private static final String POLICY = "mn-name/cae1/where";
    private static final String PLACE = "mn-name/cae1/place";

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

    private static Body lcp() {
        return Body.of("m2m:lcp").with("los", 2);
    }

    private Attributes policy(Body body) {
        return ae.create("mn-name/cae1", LCP, body.named("where").with("lon", "place")).expect(2001).content();
    }

    private String status() {
        return ae.retrieve(POLICY).expect(2000).content().text("lost").orElseThrow();
    }

    private void pass(Duration duration) {
        cse.clock.pass(duration);
        cse.core().watchContent();
        cse.store.writeNow(writer -> true);
    }

    @Test
    void aContainerIsMadeBeside() {
        Attributes policy = policy(lcp());
        assertThat(policy.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "los", "lon", "loi",
                "lost");
        Attributes place = ae.retrieve(PLACE).expect(2000).content();
        assertThat(place).isEqualTo(Attributes.builder().set("rn", "place").set("ty", 3).set("ri", policy.text("loi"))
                .set("pi", policy.text("pi")).set("ct", policy.text("ct")).set("lt", policy.text("lt")).set("et",
                        policy.text("et"))
                .set("st", 0).set("cni", 0).set("cbs", 0).set("li", policy.text("ri")).build());
        assertThat(cse.events).filteredOn(event -> event.kind() == ResourceEvent.Kind.CHILD_CREATED)
                .extracting(event -> event.affected().name()).endsWith("place", "where");
        ae.create(PLACE, CNT, cnt()).expect(2001);
    }

    @Test
    void theContainerHasANameOfItsOwnUnlessOneIsSaid() {
        Attributes policy = ae.create("mn-name/cae1", LCP, lcp()).expect(2001).content();
        assertThat(ae.retrieve("mn-name/cae1/" + policy.text("lon").orElseThrow()).expect(2000).content().text("ri"))
                .isEqualTo(policy.text("loi"));
        ae.create("mn-name/cae1", CNT, cnt().named("taken")).expect(2001);
        ae.create("mn-name/cae1", LCP, lcp().with("lon", "taken")).expect(4105).saying("lon");
        ae.create("mn-name/cae1", LCP, lcp().named("same").with("lon", "same")).expect(4105).saying("lon");
        ae.create("mn-name/cae1", LCP, lcp().with("lon", "la")).expect(4000).saying("lon");
        ae.create("mn-name/cae1", LCP, lcp().with("loi", "x")).expect(4000).saying("loi");
        ae.create("mn-name/cae1", LCP, Body.of("m2m:lcp")).expect(4000).saying("los");
        cse.admin().create("mn-name", LCP, lcp()).expect(2001);
        ae.create("mn-name/cae1/taken", LCP, lcp()).expect(4108);
    }

    @Test
    void otherSourcesAreRefused() {
        ae.create("mn-name/cae1", LCP, lcp().with("los", 1)).expect(4000).saying("lor");
        ae.create("mn-name/cae1", LCP, lcp().with("los", 1).with("lor", "http://location"))
                .expect(5001).saying("location server");
        ae.create("mn-name/cae1", LCP, lcp().with("los", 3)).expect(5001).saying("shared");
        ae.create("mn-name/cae1", LCP, lcp().with("los", 4)).expect(4000).saying("los");
        ae.create("mn-name/cae1", LCP, lcp().with("lit", 2)).expect(5001).saying("geofence");
        ae.create("mn-name/cae1", LCP, lcp().with("lou", List.of("soon"))).expect(4000).saying("lou");
        assertThat(cse.events).extracting(event -> event.affected().type()).doesNotContain(LCP, CNT);
    }

    @Test
    void positionsAreInstances() {
        policy(lcp());
        assertThat(status()).isEqualTo("no position yet");
        ae.create(PLACE, CIN, cin("48.2,16.4")).expect(2001);
        assertThat(status()).isEqualTo("position known");
        cse.ae("CAE2").create(PLACE, CIN, cin("0,0")).expect(4103);
        pass(Duration.ofDays(1));
        assertThat(status()).as("no period was asked for").isEqualTo("position known");
    }

    @Test
    void whatDoesNotComeInItsPeriodIsOverdue() {
        policy(lcp().with("lou", List.of("PT10M")));
        pass(Duration.ofMinutes(9));
        assertThat(status()).isEqualTo("no position yet");
        pass(Duration.ofMinutes(1));
        assertThat(status()).isEqualTo("position overdue");
        ae.create(PLACE, CIN, cin("48.2,16.4")).expect(2001);
        assertThat(status()).isEqualTo("position known");
        pass(Duration.ofMinutes(9));
        cse.restart();
        pass(Duration.ofMinutes(9));
        assertThat(status()).as("a whole period after a restart").isEqualTo("position known");
        pass(Duration.ofMinutes(1));
        assertThat(status()).isEqualTo("position overdue");
        ae.update(POLICY, Body.of("m2m:lcp").with("lou", List.of("PT1H"))).expect(2004);
        ae.create(PLACE, CIN, cin("48.2,16.4")).expect(2001);
        pass(Duration.ofMinutes(59));
        assertThat(status()).isEqualTo("position known");
        ae.update(POLICY, Body.of("m2m:lcp").with("los", 1)).expect(4000).saying("los");
    }

    @Test
    void theContainerGoesWithItsPolicy() {
        policy(lcp());
        long others = cse.store.resourceCount() - 2;
        for (int i = 0; i < 3; i++) {
            ae.create(PLACE, CIN, cin("" + i)).expect(2001);
        }
        ae.delete(POLICY).expect(2002);
        ae.retrieve(PLACE).expect(4004);
        assertThat(cse.store.resourceCount()).isEqualTo(others);
    }

    @Test
    void aLargeContainerIsOutOfSightAtOnce() {
        policy(lcp());
        for (int i = 0; i < 520; i++) {
            ae.create(PLACE, CIN, cin("" + i)).expect(2001);
        }
        ae.delete(POLICY).expect(2002);
        ae.retrieve(PLACE).expect(4004);
        ae.create("mn-name/cae1", CNT, cnt().named("place")).expect(2001);
    }

    @Test
    void thePolicyKnowsThatItsContainerIsGone() {
        policy(lcp().with("lou", List.of("PT1M")));
        ae.delete(PLACE).expect(2002);
        Attributes policy = ae.retrieve(POLICY).expect(2000).content();
        assertThat(policy.has("loi")).isFalse();
        pass(Duration.ofMinutes(2));
        assertThat(status()).isEqualTo("the container is deleted");
        ae.delete(POLICY).expect(2002);
    }

    @Test
    void theContainerLivesAsLongAsItsPolicy() {
        policy(lcp());
        ae.create(PLACE, CIN, cin("1")).expect(2001);
        String later = cse.clock.in(Duration.ofDays(90));
        cse.admin().update("mn-name/cae1", Body.of("m2m:ae").with("et", cse.clock.in(Duration.ofDays(99)))).expect(2004);
        ae.update(POLICY, Body.of("m2m:lcp").with("et", later)).expect(2004);
        assertThat(ae.retrieve(PLACE).expect(2000).content().text("et")).contains(later);
        cse.clock.pass(Duration.ofDays(31));
        ae.retrieve(PLACE + "/la").expect(4004);
        assertThat(ae.retrieve(PLACE).expect(2000).content().number("cni")).contains(0L);
    }
}
