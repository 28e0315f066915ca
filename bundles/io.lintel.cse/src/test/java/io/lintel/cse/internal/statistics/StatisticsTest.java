// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.statistics;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statistics at the IN-CSE (TS-0001 9.6.23 to 9.6.25): identifiers, what is refused, and what is counted. */
class StatisticsTest {
    private static final int EVENT = 7;
    private static final int COLLECT = 21;
    private static final int CONFIG = 22;

    private final CseDriver cse = CseDriver.with(CseDriver.settings(CseType.IN, true));
    private CseDriver.Peer ae;

    @BeforeEach
    void aConfiguration() {
        ae = cse.as("CAE1");
        ae.create("in-name", AE, ae().named("ae")).expect(2001);
        ae.create("in-name/ae", CNT, cnt().named("data")).expect(2001);
        cse.admin().create("in-name", CONFIG, CseDriver.Body.of("m2m:stcg").named("config").with("cr", Attributes.NULL))
                .expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private CseDriver.Body event(int type) {
        return CseDriver.Body.of("m2m:evcg").with("evt", type);
    }

    private String event(CseDriver.Body body) {
        CseDriver.Result created = cse.admin().create("in-name/config", EVENT, body).expect(2001);
        assertThat(created.content().text("evi")).contains(created.ri());
        return created.ri();
    }

    private CseDriver.Body collection(String eventId) {
        return CseDriver.Body.of("m2m:stcl").with("cei", "CCollector").with("cdi", "CAE1").with("srs", 1).with("sm", 1)
                .with("evi", eventId);
    }

    private String collect(CseDriver.Body body) {
        CseDriver.Result created = cse.admin().create("in-name", COLLECT, body).expect(2001);
        assertThat(created.content().text("sci")).contains(created.ri());
        settle();
        return created.ri();
    }

    /** What a task leaves behind it is done. */
    private void settle() {
        cse.store.write(writer -> true).toCompletableFuture().join();
        cse.store.write(writer -> true).toCompletableFuture().join();
    }

    private long counted(String collection) {
        return cse.counters().getOrDefault("statistics." + collection, 0L);
    }

    @Test
    void countsGoOnAfterARestart() {
        String all = collect(collection(event(event(1))));
        ae.create("in-name/ae/data", CIN, cin("x")).expect(2001);
        ae.create("in-name/ae/data", CIN, cin("y")).expect(2001);
        cse.tick();
        settle();
        cse.restart();
        assertThat(counted(all)).isEqualTo(2);
        ae.create("in-name/ae/data", CIN, cin("z")).expect(2001);
        assertThat(counted(all)).isEqualTo(3);
        cse.clock.pass(Duration.ofSeconds(6));
        cse.tick();
        settle();
        cse.restart();
        assertThat(counted(all)).isEqualTo(3);
    }

    @Test
    void operationsOfTheCollectedEntity() {
        String creations = collect(collection(event(event(1).with("opt", List.of(1)))));
        String all = collect(collection(event(event(1))));
        ae.create("in-name/ae/data", CIN, cin("x")).expect(2001);
        ae.retrieve("in-name/ae/data").expect(2000);
        ae.retrieve("in-name/ae/none").expect(4004);
        cse.admin().create("in-name/ae/data", CIN, cin("x")).expect(2001);
        assertThat(counted(creations)).isEqualTo(1);
        assertThat(counted(all)).isEqualTo(2);
    }

    @Test
    void whatStoresSoMuch() {
        String large = collect(collection(event(event(2).with("ds", 10))));
        ae.create("in-name/ae/data", CIN, cin("x".repeat(9))).expect(2001);
        ae.create("in-name/ae/data", CIN, cin("x".repeat(10))).expect(2001);
        assertThat(counted(large)).isEqualTo(1);
    }

    @Test
    void timesOfASchedule() {
        String hourly = collect(collection(event(event(3))).with("cp", Attributes.of("sce", List.of("0 0 * * * * *"))));
        for (int minutes = 0; minutes < 180; minutes++) {
            cse.tick();
            cse.clock.pass(Duration.ofMinutes(1));
        }
        assertThat(counted(hourly)).isEqualTo(3);
    }

    @Test
    void onlyWithinItsTimeAndWhileActive() {
        String ri = collect(collection(event(event(1).with("evs", cse.clock.in(Duration.ofHours(1))).with("eve",
                cse.clock.in(Duration.ofHours(2))))));
        ae.retrieve("in-name/ae").expect(2000);
        cse.clock.pass(Duration.ofMinutes(61));
        ae.retrieve("in-name/ae").expect(2000);
        cse.admin().update(ri, CseDriver.Body.of("m2m:stcl").with("srs", 2)).expect(2004);
        settle();
        ae.retrieve("in-name/ae").expect(2000);
        cse.admin().update(ri, CseDriver.Body.of("m2m:stcl").with("srs", 1)).expect(2004);
        settle();
        cse.clock.pass(Duration.ofHours(1));
        ae.retrieve("in-name/ae").expect(2000);
        assertThat(counted(ri)).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        CseDriver.Peer admin = cse.admin();
        admin.create("in-name/config", EVENT, event(2)).expect(4000).saying("ds");
        admin.create("in-name/config", EVENT, event(1).with("ds", 1)).expect(4000).saying("ds");
        admin.create("in-name/config", EVENT, event(3).with("opt", List.of(1))).expect(4000).saying("opt");
        admin.create("in-name/config", EVENT, event(4)).expect(4000).saying("evt");
        admin.create("in-name/config", EVENT, event(1).with("evi", "mine")).expect(4000).saying("evi");
        admin.create("in-name/config", EVENT, event(1).with("evs", cse.clock.in(Duration.ofHours(2))).with("eve",
                cse.clock.in(Duration.ofHours(1)))).expect(4000).saying("eve");
        admin.create("in-name", EVENT, event(1)).expect(4108);
        admin.create("in-name", COLLECT, collection("none")).expect(4000).saying("evi");
        admin.create("in-name", COLLECT, collection("none").with("cdi", "/a/b/c")).expect(4000).saying("cdi");
    }
}
