// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.bench.internal.LoadPackets.PublishTemplate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What a server is disqualified for, and what is only told. */
class LoadStreamTest {
    private interface Work {
        void with(LoadStream stream);
    }

    /** A stream whose messages nobody takes off the network. */
    private static void stream(int window, int receivers, Work work) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); LoadLoop loop = new LoadLoop();
                LoadClient client = new LoadClient(loop, "127.0.0.1", server.getLocalPort(), "p", true)) {
            work.with(new LoadStream(3, client, PublishTemplate.of("t", new byte[16]), window, receivers));
        }
    }

    private static ByteBuffer message(long number) {
        return ByteBuffer.allocate(16).putLong(0, 1).putLong(8, 3L << 40 | number);
    }

    @Test
    void aMessageIsOverWhenAllHaveItAndItIsAcknowledged() throws IOException {
        stream(1, 2, stream -> {
            stream.send(1);
            assertThat(stream.hasSlot()).isFalse();
            stream.received(0, message(0), 0);
            stream.acknowledged(1);
            assertThat(stream.isDone()).isFalse();
            stream.received(1, message(0), 0);
            assertThat(stream.isDone()).isTrue();
            assertThat(stream.hasSlot()).isTrue();
            assertThat(stream.outOfOrder()).isZero();
        });
    }

    @Test
    void whatComesTwiceDisqualifies() throws IOException {
        stream(2, 1, stream -> {
            stream.send(1);
            stream.received(0, message(0), 0);
            stream.acknowledged(1);
            assertThatThrownBy(() -> stream.received(0, message(0), 0)).hasMessageContaining("not under way");
            assertThatThrownBy(() -> stream.acknowledged(1)).hasMessageContaining("not under way");
        });
    }

    @Test
    void disorderIsCounted() throws IOException {
        stream(2, 1, stream -> {
            stream.send(1);
            stream.send(1);
            stream.received(0, message(1), 0);
            stream.received(0, message(0), 0);
            assertThat(stream.outOfOrder()).isEqualTo(2);
        });
    }
}
