// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has to show where it is, and what comes of it. */
class ReturnRouteTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Request> pings = new ArrayList<>();
    private final List<String> done = java.util.Collections.synchronizedList(new ArrayList<>());
    private final EndpointThreads threads = Endpoints.threads("test-route", 1);
    private final ReturnRoute route = new ReturnRoute(pings::add, threads, now::get);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void ask(InetSocketAddress peer, String name) {
        route.ask(peer, () -> done.add(name + " whole"), () -> done.add(name + " cut"));
    }

    @Test
    void aPeerThatResetsThePingIsProvenForAWhile() {
        ask(peer(1), "first");
        ask(peer(1), "second");
        assertThat(pings).as("one for both").hasSize(1);
        assertThat(pings.get(0).getRawCode()).as("an empty message").isZero();
        assertThat(pings.get(0).isConfirmable()).isTrue();
        assertThat(done).isEmpty();
        pings.get(0).setRejected(true);
        assertThat(done).containsExactly("first whole", "second whole");
        assertThat(route.isProven(peer(1))).isTrue();
        assertThat(route.isProven(peer(2))).isFalse();
        now.addAndGet(Duration.ofMinutes(11).toNanos());
        assertThat(route.isProven(peer(1))).isFalse();
    }

    @Test
    void aPeerThatDoesNotAnswerGetsLittle() throws Exception {
        ask(peer(1), "first");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (done.isEmpty() && System.nanoTime() < deadline) {
            assertThatCode(() -> threads.submit(() -> { }).get()).doesNotThrowAnyException();
        }
        assertThat(done).containsExactly("first cut");
        assertThat(route.isProven(peer(1))).isFalse();
    }

    @Test
    void aFloodOfSendersIsBounded() {
        for (int port = 1; port <= 1_000; port++) {
            ask(peer(port), "p" + port);
        }
        assertThat(pings).hasSize(256);
        assertThat(done).as("the others get little at once").hasSize(744).allMatch(text -> text.endsWith("cut"));
        for (int i = 0; i < 100; i++) {
            ask(peer(1), "again");
        }
        assertThat(pings).hasSize(256);
    }
}
