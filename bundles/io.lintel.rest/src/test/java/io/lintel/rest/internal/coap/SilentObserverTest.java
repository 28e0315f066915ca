// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.rest.internal.mapping.CseLink;
import io.lintel.rest.internal.mapping.RecordingCse;

/** Observers that say nothing any more are forgotten (RFC 7641 4.5), whether what they observe changes or not. */
class SilentObserverTest {
    private static final int CONFIRMABLE = 0;
    private static final int CONTENT = 0x45;
    private static final byte[] OBSERVE = {0x41, 1, 0, 1, 5, 0x60, 0x51, 'x', 0x02, 'l', 'a', (byte) 0xd2,
        (byte) (257 - 11 - 13), 'r', '1'};

    private final RecordingCse cse = new RecordingCse();
    private final EndpointThreads threads = Endpoints.threads("test-coap", 1);
    private final AtomicLong nanos = new AtomicLong();
    private volatile String content = "first";
    private ServerSide server;
    private Datagrams client;

    /** A server that gives a confirmable message up within the second. */
    @BeforeEach
    void observe() throws Exception {
        cse.answers(request -> RecordingCse.ok(request).content(new Content("m2m:cin", Attributes.builder().set("ri", "cin-1")
                .set("pi", "cnt-1").set("con", content).build())).build());
        CseLink link = new CseLink(threads, Duration.ZERO, Duration.ofSeconds(10));
        link.bind(cse);
        Configuration configuration = Endpoints.serverConfiguration(512)
                .set(CoapConfig.ACK_TIMEOUT, 100, TimeUnit.MILLISECONDS).set(CoapConfig.MAX_RETRANSMIT, 2);
        server = new ServerSide(Endpoints.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), configuration,
                threads), configuration, new ServerSide.Bounds(512, 10_000, 8, 8, OneM2mOption.NumberSet.NEW), link,
                new CoapPeers(), context -> Peer.plain(context.getPeerAddress()), threads, nanos::get);
        server.endpoint().start();
        client = new Datagrams(server.endpoint().getAddress().getPort());
        client.send(OBSERVE);
        acknowledge(notification());
        assertThat(server.observations().count()).isEqualTo(1);
    }

    @AfterEach
    void close() {
        client.close();
        server.endpoint().destroy();
        threads.shutdownNow();
    }

    /** The next message with content. */
    private Datagrams.Datagram notification() throws IOException {
        Datagrams.Datagram datagram = client.receive();
        while (datagram.code() != CONTENT) {
            datagram = client.receive();
        }
        return datagram;
    }

    private void acknowledge(Datagrams.Datagram message) throws IOException {
        client.send(new byte[] {0x60, 0, message.bytes()[2], message.bytes()[3]});
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
        server.sweep();
    }

    private void becomes(String newContent) {
        content = newContent;
        server.observations().changed("cnt-1");
    }

    private void untilNothingIsLeft() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while ((server.observations().count() > 0 || server.observations().watches("cnt-1")) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(server.observations().count()).isZero();
        assertThat(server.observations().watches("cnt-1")).isFalse();
        while (cse.waiting() > 0) {
            cse.request();
        }
        becomes("later");
        passes(Duration.ofHours(2));
        assertThat(cse.waiting()).as("nothing is asked for it any more").isZero();
    }

    @Test
    void whoLeavesAConfirmableNotificationUnansweredObservesNoLonger() throws Exception {
        becomes("second");
        assertThat(notification().type()).isEqualTo(CONFIRMABLE);
        untilNothingIsLeft();
    }

    @Test
    void anObservationThatEndsWhileItBeginsLeavesNothing() {
        Observation observation = new Observation(server.observations(), "cnt-2", Peer.plain(new InetSocketAddress("127.0.0.1",
                1)), null, null, nanos::get);
        observation.removeObserveRelation(null);
        observation.addObserveRelation(null);
        assertThat(server.observations().watches("cnt-2")).isFalse();
        assertThat(server.observations().count()).isEqualTo(1);
    }

    @Test
    void everyTenthIsConfirmable() throws Exception {
        for (int i = 1; i < 10; i++) {
            passes(Duration.ofSeconds(10));
            becomes("change " + i);
            assertThat(notification().type()).as("notification %d", i).isNotEqualTo(CONFIRMABLE);
        }
        passes(Duration.ofSeconds(10));
        becomes("change 10");
        assertThat(notification().type()).isEqualTo(CONFIRMABLE);
        untilNothingIsLeft();
    }

    @Test
    void whereNothingChangesTheyAreAskedOnceInAnHour() throws Exception {
        passes(Duration.ofMinutes(59));
        assertThat(client.isQuietFor(300)).isTrue();
        passes(Duration.ofMinutes(2));
        Datagrams.Datagram same = notification();
        assertThat(same.type()).isEqualTo(CONFIRMABLE);
        acknowledge(same);
        passes(Duration.ofMinutes(59));
        assertThat(client.isQuietFor(300)).isTrue();
        assertThat(server.observations().count()).as("who acknowledges goes on").isEqualTo(1);
        passes(Duration.ofMinutes(2));
        assertThat(notification().type()).isEqualTo(CONFIRMABLE);
        untilNothingIsLeft();
    }
}
