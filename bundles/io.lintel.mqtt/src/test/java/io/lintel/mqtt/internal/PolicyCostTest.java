// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the policy costs a message. The best of many short rounds counts, so that a busy machine does not matter; each
 * topic is a new text as one from the network is, whose hash nobody knows yet.
 */
class PolicyCostTest {
    private static final int ROUNDS = 60;
    private static final int CALLS = 20_000;
    private static final long MOST_NANOS = 1_000;

    @TempDir
    Path home;

    @Test
    void aMessageCostsLessThanAMicrosecond() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "user lamp* write tele/%u/#", "user * read cmnd/%u/#")) {
            driver.registered.add("CAE01", "12-CAE01");
            ConnectedClient ae = PolicyDriver.user("A::CAE01", "CAE01");
            ConnectedClient lamp = PolicyDriver.user("x", "lamp7");
            ConnectedClient adapter = PolicyDriver.user("a", "lintel.adapter");
            assertCheap("deliver a request to its AE", "/oneM2M/req/mn-cse/CAE01/json", topic -> driver.deliver(ae, topic));
            assertCheap("take a request of an AE", "/oneM2M/req/CAE01/mn-cse/json",
                    topic -> driver.policy.publish(ae, topic, false).toCompletableFuture().isDone());
            assertCheap("deliver by a rule", "cmnd/lamp7/POWER", topic -> driver.deliver(lamp, topic));
            assertCheap("deliver to the adapter", "tele/lamp7/SENSOR", topic -> driver.deliver(adapter, topic));
        }
    }

    private static void assertCheap(String what, String topic, Predicate<String> call) {
        byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long allowed = 0;
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                allowed += call.test(new String(bytes, StandardCharsets.UTF_8)) ? 1 : 0;
            }
            best = Math.min(best, (System.nanoTime() - start) / CALLS);
            assertThat(allowed).as(what).isEqualTo(CALLS);
        }
        assertThat(best).as(what + ", nanoseconds").isLessThan(MOST_NANOS);
    }
}
