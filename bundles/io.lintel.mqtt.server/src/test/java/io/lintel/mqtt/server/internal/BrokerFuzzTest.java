// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The state machine of sessions under any order of packets, losses of connections, takeovers, full queues, failing disks
 * and kills ({@link FuzzStory}). After each step the books balance, clients hear only what they may
 * ({@link FuzzedClient}), in the end nothing is left ({@link FuzzedServer}), and nothing of ours reached the log.
 */
class BrokerFuzzTest {
    private static final int MOST_BYTES = 2_000;

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "25s")
    @Timeout(60)
    void playsAnyStory(byte[] input) {
        if (input == null || input.length == 0 || input.length > MOST_BYTES) {
            return;
        }
        try (WatchedLog log = new WatchedLog()) {
            FuzzStory story = new FuzzStory(input);
            story.play();
            assertThat(log.said()).filteredOn(message -> !isForTheOperator(message, story)).isEmpty();
        }
    }

    /** Not an error of ours: the disk did fail, or limits leave no place for a will. */
    private static boolean isForTheOperator(String message, FuzzStory story) {
        return story.diskFailed() && message.startsWith("The journal cannot be written") || message.startsWith("The will on ");
    }

    static Stream<byte[]> seeds() {
        return FuzzSeeds.stories();
    }
}
