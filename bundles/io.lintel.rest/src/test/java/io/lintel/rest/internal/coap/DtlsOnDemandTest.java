// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A port that costs nothing until somebody comes; plain UDP stands where DTLS does, so that input can be read. */
class DtlsOnDemandTest {
    private int failures;
    private final AtomicInteger made = new AtomicInteger();
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final DtlsOnDemand connector =
            new DtlsOnDemand(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::plain);

    private UDPConnector plain(InetSocketAddress address) {
        if (made.getAndIncrement() < failures) {
            throw new IllegalStateException("the test wants it to fail");
        }
        UdpConfig.register();
        SystemConfig.register();
        return new UDPConnector(address, Configuration.createStandardWithoutFile());
    }

    @AfterEach
    void end() {
        connector.destroy();
    }

    private void send(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, connector.getAddress()));
        }
    }

    private void open() throws IOException {
        connector.setRawDataReceiver(raw -> first.complete(new String(raw.getBytes(), StandardCharsets.UTF_8)));
        connector.start();
    }

    @Test
    void theFirstDatagramMakesTheConnectorAndIsItsFirstInput() throws Exception {
        open();
        InetSocketAddress bound = connector.getAddress();
        assertThat(bound.getPort()).isPositive();
        assertThat(connector.isRunning()).isTrue();
        assertThat(made).hasValue(0);

        send("hello");

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(made).hasValue(1);
        assertThat(connector.getAddress()).isEqualTo(bound);
    }

    @Test
    void thePortIsTakenFromTheStartAndFreeAfterwards() throws Exception {
        open();
        InetSocketAddress bound = connector.getAddress();
        assertThatThrownBy(() -> new DatagramSocket(bound)).isInstanceOf(BindException.class);
        connector.stop();
        assertThat(connector.isRunning()).isFalse();
        new DatagramSocket(bound).close();
        assertThat(made).hasValue(0);
        connector.start();
        send("again");
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("again");
    }

    @Test
    void whatCouldNotBeMadeIsMadeForTheNextWhoComes() throws Exception {
        failures = 1;
        open();
        send("first");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!first.isDone() && System.nanoTime() < end) {
            send("next");
            first.copy().orTimeout(50, TimeUnit.MILLISECONDS).exceptionally(late -> null).get();
        }
        assertThat(first.getNow("nothing")).isEqualTo("next");
        assertThat(made).hasValue(2);
    }
}
