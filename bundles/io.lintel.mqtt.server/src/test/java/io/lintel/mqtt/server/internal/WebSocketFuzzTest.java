// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lintel.mqtt.server.internal.ws.Origins;
import io.lintel.mqtt.server.internal.ws.WebSocketEntry;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes to a WebSocket listener, mostly after a good handshake: in one piece and in pieces they make the same packets
 * then; the server neither fails nor keeps anything of it. The first byte says whether there is a handshake before it, and
 * how the rest is cut. (What comes in one piece with the handshake is lost: RFC 6455 4.1 lets a client send nothing before
 * it was answered.)
 */
class WebSocketFuzzTest {
    private static final int MOST_BYTES = 20_000;
    private static final int MOST_FRAME_BYTES = 1_088;
    private static final int MAX_PACKET_BYTES = 1_024;

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "15s")
    @Timeout(60)
    void takesAnyBytes(byte[] input) {
        if (input == null || input.length < 2 || input.length > MOST_BYTES) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        boolean shakesHands = input[0] >= 0;
        int piece = 1 + (input[0] & 0x3f);
        try (WatchedLog log = new WatchedLog()) {
            if (shakesHands) {
                assertThat(decode(bytes, piece)).isEqualTo(decode(bytes, MOST_BYTES));
            }
            FuzzedServer server = new FuzzedServer(0);
            FuzzedChannel channel = server.channel(WebSocketFuzzTest::transport);
            if (shakesHands) {
                feed(channel, server.allocator(), FuzzSeeds.HANDSHAKE, MOST_BYTES);
            }
            feed(channel, server.allocator(), bytes, piece);
            server.work();
            server.settle();
            channel.finishAndReleaseAll();
            server.end();
            assertThat(log.said()).isEmpty();
        }
    }

    private static void transport(ChannelPipeline pipeline) {
        WebSocketEntry.addTo(pipeline, "/mqtt", new Origins(List.of(), false), MOST_FRAME_BYTES);
    }

    private static void feed(EmbeddedChannel channel, UnpooledByteBufAllocator allocator, byte[] bytes, int piece) {
        for (int at = 0; at < bytes.length && channel.isOpen(); at += piece) {
            int length = Math.min(piece, bytes.length - at);
            channel.writeInbound(allocator.buffer(length).writeBytes(bytes, at, length));
        }
    }

    private static List<String> decode(byte[] bytes, int piece) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        PacketRecorder recorder = new PacketRecorder();
        FuzzedChannel channel = new FuzzedChannel();
        channel.config().setAllocator(allocator);
        transport(channel.pipeline());
        channel.pipeline().addLast(
                new PacketGate(MAX_PACKET_BYTES, new Counters(), new Connection(null, FuzzedServer.ACCESS)), recorder);
        feed(channel, allocator, FuzzSeeds.HANDSHAKE, MOST_BYTES);
        feed(channel, allocator, bytes, piece);
        channel.finishAndReleaseAll();
        assertThat(allocator.metric().usedHeapMemory()).as("bytes in heap buffers").isZero();
        assertThat(allocator.metric().usedDirectMemory()).as("bytes in direct buffers").isZero();
        return recorder.seen();
    }

    static Stream<byte[]> seeds() {
        return Stream.concat(FuzzSeeds.conversations().map(bytes -> FuzzSeeds.all(new byte[] {5}, FuzzSeeds.frame(2, bytes))),
                Stream.of(FuzzSeeds.all(new byte[] {63}, FuzzSeeds.frame(9, new byte[] {1}),
                                FuzzSeeds.frame(8, new byte[] {3, (byte) 0xe8})),
                        FuzzSeeds.all(new byte[] {20}, FuzzSeeds.frame(1, new byte[] {'x'})),
                        FuzzSeeds.all(new byte[] {-1}, FuzzSeeds.HANDSHAKE)));
    }
}
