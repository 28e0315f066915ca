// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads of an endpoint, and what becomes of input that they cannot keep up with. */
class EndpointThreadsTest {
    private final EndpointThreads threads = Endpoints.threads("test-threads", 1);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void whatTheThreadsCannotKeepUpWithIsDroppedAndNotKept() throws Exception {
        AtomicInteger received = new AtomicInteger();
        RawDataChannel inbox = Endpoints.bounded(raw -> received.incrementAndGet(), threads);
        RawData datagram = RawData.inbound(new byte[4], new AddressEndpointContext(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), 1)), false, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), 2));
        CountDownLatch busy = new CountDownLatch(1);
        threads.execute(() -> await(busy));
        for (int i = 0; i < 4_096; i++) {
            threads.execute(() -> { });
        }
        inbox.receiveData(datagram);
        assertThat(received).hasValue(0);
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        busy.countDown();
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        inbox.receiveData(datagram);
        assertThat(received).hasValue(1);
    }

    @Test
    void stepsDoNotWaitForTimers() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        threads.schedule(() -> await(held), 0, TimeUnit.MILLISECONDS);
        CountDownLatch step = new CountDownLatch(1);
        threads.execute(step::countDown);
        assertThat(step.await(20, TimeUnit.SECONDS)).isTrue();
        held.countDown();
        threads.shutdownNow();
        assertThat(threads.isShutdown()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
