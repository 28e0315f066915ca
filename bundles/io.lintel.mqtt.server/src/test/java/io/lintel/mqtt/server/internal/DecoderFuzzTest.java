// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes through {@link PacketGate}: in one piece and in pieces they make the same packets and the same verdict; what
 * is let through says the same as Netty's decoder reads from it; no buffer is left. The first byte says how the rest is
 * cut.
 */
class DecoderFuzzTest {
    private static final int MAX_PACKET_BYTES = 4_096;
    private static final int MOST_BYTES = 65_536;

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "15s")
    void readsAnyBytes(byte[] input) {
        if (input == null || input.length < 1 || input.length > MOST_BYTES) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        List<String> whole = read(allocator, bytes, MOST_BYTES);
        assertThat(read(allocator, bytes, 1 + (input[0] & 0x3f))).isEqualTo(whole);
        assertThat(allocator.metric().usedHeapMemory()).as("bytes in heap buffers").isZero();
        assertThat(allocator.metric().usedDirectMemory()).as("bytes in direct buffers").isZero();
        List<String> accepted = whole.stream().filter(packet -> !packet.startsWith(PacketRecorder.VERDICT)).toList();
        List<String> theirs = readByNetty(bytes);
        assertThat(theirs.subList(0, Math.min(accepted.size(), theirs.size()))).isEqualTo(accepted);
    }

    private static List<String> read(UnpooledByteBufAllocator allocator, byte[] bytes, int piece) {
        PacketRecorder recorder = new PacketRecorder();
        EmbeddedChannel channel = new EmbeddedChannel(
                new PacketGate(MAX_PACKET_BYTES, new Counters(), new Connection(null, FuzzedServer.ACCESS)), recorder);
        channel.config().setAllocator(allocator);
        for (int at = 0; at < bytes.length; at += piece) {
            int length = Math.min(piece, bytes.length - at);
            channel.writeInbound(allocator.buffer(length).writeBytes(bytes, at, length));
        }
        channel.finishAndReleaseAll();
        return recorder.seen();
    }

    private static List<String> readByNetty(byte[] bytes) {
        PacketRecorder recorder = new PacketRecorder();
        EmbeddedChannel channel = new EmbeddedChannel(new MqttDecoder(MAX_PACKET_BYTES, MOST_BYTES), recorder);
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.finishAndReleaseAll();
        return recorder.seen();
    }

    static Stream<byte[]> seeds() {
        return FuzzSeeds.conversations().map(bytes -> FuzzSeeds.all(new byte[] {7}, bytes));
    }
}
