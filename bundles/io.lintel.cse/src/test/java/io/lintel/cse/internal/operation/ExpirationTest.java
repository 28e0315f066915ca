// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.CseDriver;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a resource's time (TS-0004 7.2.3.4): it is not found any more, and the sweep deletes it as a DELETE would. */
class ExpirationTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void aContainerForAMinute() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data").with("et", cse.clock.in(Duration.ofMinutes(1)))).expect(2001);
        ae.create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        cse.events.clear();
    }

    @AfterEach
    void close() {
        cse.close();
    }

    /** The sweep runs in tasks of the one writer, each handed in before the previous one's stage completes. */
    private void sweep() {
        cse.core().sweepExpired();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!cse.store.expired(cse.clock.millis(), 1).isEmpty()) {
            assertThat(System.nanoTime()).as("the sweep ends").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(cse.store.write(writer -> true).toCompletableFuture().join()).isTrue();
    }

    @Test
    void whatIsOverIsNotFound() {
        cse.clock.pass(Duration.ofSeconds(59));
        ae.retrieve("mn-name/cae1/data").expect(2000);
        cse.clock.pass(Duration.ofSeconds(1));
        ae.retrieve("mn-name/cae1/data").expect(4004);
        ae.retrieve("mn-name/cae1/data/la").expect(4004);
        ae.create("mn-name/cae1/data", CIN, cin("y")).expect(4004);
        assertThat(ae.rcn(4).retrieve("mn-name/cae1").content().has("m2m:cnt")).isFalse();
    }

    @Test
    void theSweepDeletesAndTells() {
        cse.clock.pass(Duration.ofMinutes(1));
        sweep();
        assertThat(cse.store.resourceCount()).isEqualTo(3);
        assertThat(cse.events).extracting(ResourceEvent::kind)
                .contains(ResourceEvent.Kind.DELETED, ResourceEvent.Kind.CHILD_DELETED);
        assertThat(cse.events).filteredOn(event -> event.kind() == ResourceEvent.Kind.CHILD_DELETED
                && event.subject().name().equals("cae1"))
                .hasSize(1);
    }

    @Test
    void theNameOfWhatIsOverIsFreeAtOnce() {
        cse.clock.pass(Duration.ofMinutes(1));
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
        ae.retrieve("mn-name/cae1/data/la").expect(4004);
    }

    @Test
    void anAeThatIsOverIsDeregistered() {
        ae.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("et", cse.clock.in(Duration.ofMinutes(2)))).expect(2004);
        cse.clock.pass(Duration.ofMinutes(2));
        sweep();
        CseDriver.await(cse.core().internal(ae.builder(io.lintel.primitive.Operation.RETRIEVE, "mn-name").build()));
        cse.ae("CAE2");
        assertThat(cse.core().registrations().ae("CAE1")).isEmpty();
        assertThat(cse.registrationNews).contains("-CAE1");
        ae.retrieve("mn-name").expect(4106);
    }

    @Test
    void aLifeMayBeProlonged() {
        ae.update("mn-name/cae1/data", cnt().with("et", cse.clock.in(Duration.ofMinutes(5)))).expect(2004);
        cse.clock.pass(Duration.ofMinutes(2));
        sweep();
        ae.retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void whatEndsWithItsContainerIsNotNotedForTheSweep() {
        long later = cse.clock.millis() + Duration.ofMinutes(2).toMillis();
        assertThat(cse.store.expired(later, 10)).extracting(Resource::type).containsExactly(CNT);
        ae.create("mn-name/cae1/data", CIN, cin("short").with("et", cse.clock.in(Duration.ofSeconds(30)))).expect(2001);
        assertThat(cse.store.expired(later, 10)).extracting(Resource::type).containsExactly(CIN, CNT);
    }

    @Test
    void instancesEndAtTheirTimeThoughTheirContainerLivesOn() {
        ae.create("mn-name/cae1/data", CIN, cin("y").named("y")).expect(2001);
        ae.update("mn-name/cae1/data", cnt().with("et", cse.clock.in(Duration.ofMinutes(5)))).expect(2004);
        ae.create("mn-name/cae1/data", CIN, cin("z").named("z")).expect(2001);
        cse.clock.pass(Duration.ofMinutes(1));
        ae.retrieve("mn-name/cae1/data/y").expect(4004);
        ae.retrieve("mn-name/cae1/data/z").expect(2000);
        sweep();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!ae.retrieve("mn-name/cae1/data").expect(2000).content().number("cni").equals(Optional.of(1L))) {
            assertThat(System.nanoTime()).as("the older instances go too").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(ae.retrieve("mn-name/cae1/data/ol").expect(2000).content().text("rn")).contains("z");
    }

    @Test
    void aContainerMayNotEndBeforeItsInstances() {
        ae.update("mn-name/cae1/data", cnt().with("et", cse.clock.in(Duration.ofSeconds(30)))).expect(4000).saying("et");
    }

    @Test
    void manyAtOnce() {
        for (int i = 0; i < 350; i++) {
            ae.create("mn-name/cae1", CNT, cnt().with("et", cse.clock.in(Duration.ofSeconds(30)))).expect(2001);
        }
        cse.clock.pass(Duration.ofSeconds(30));
        sweep();
        assertThat(cse.store.resourceCount()).isEqualTo(5);
    }
}
