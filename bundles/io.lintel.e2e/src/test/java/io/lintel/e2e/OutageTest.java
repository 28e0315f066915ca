// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The IN, and its MQTT server with it, is away for a while and under load: what has to reach it waits on the MN's disk, also
 * when the MN is killed meanwhile, and arrives once and in order.
 */
@Tag("5.2.3.4")
@Tag("PS6")
@Tag("MQ-08")
class OutageTest {
    private static final int BEFORE = 50;
    private static final int DURING = 100;
    private static final int AFTER = 50;

    private Topology topology;
    private Registrar in;
    private Registrar mn;

    @BeforeEach
    void start() throws Exception {
        topology = new Topology(getClass());
        Node upper = topology.node("in", "in", List.of());
        in = Registrar.in(upper, upper.mqtt());
        Node lower = topology.node("mn", "mn", Topology.settings(Topology.registeredAt(upper.mqtt(), in),
                List.of("cse.notificationRetryMaxMillis=2000")));
        mn = Registrar.mn(lower, lower.mqtt());
        topology.ready();
        in.awaitRegistration("mn-cse");
    }

    @AfterEach
    void end() throws Exception {
        topology.close();
    }

    @Test
    void notificationsWaitAndArriveOnceAndInOrder() throws Exception {
        try (MqttAe meter = MqttAe.register(mn, Serialization.CBOR); MqttAe application = MqttAe.register(in,
                Serialization.JSON)) {
            application.watch(meter.data(), "watch");
            Measuring measuring = new Measuring(meter);
            CompletableFuture<Void> load = CompletableFuture.runAsync(measuring);
            Waiting.until("it is measured", () -> measuring.count() >= BEFORE && application.notifications().size() > BEFORE / 2);

            in.node().kill();
            int atKill = measuring.count();
            Waiting.until("it is measured while the IN is away", () -> measuring.count() >= atKill + DURING);
            mn.node().kill();
            mn.node().awaitReady(mn.node().start());
            int atRestart = measuring.count();
            Waiting.until("it is measured by the MN that was killed", () -> measuring.count() >= atRestart + BEFORE);
            in.node().awaitReady(in.node().start());
            int atReturn = measuring.count();
            Waiting.until("it is measured after that", () -> measuring.count() >= atReturn + AFTER);
            measuring.stop();
            load.join();

            List<String> expected = new ArrayList<>();
            for (int i = 0; i < measuring.count(); i++) {
                expected.add(measurement(i));
            }
            assertThat(received(application.notifications(), expected.size())).isEqualTo(expected);
        }
    }

    /**
     * What came, first deliveries only, until the last one of so many was there. The one that was under way to the AE when the
     * IN was killed comes again (QoS 1).
     */
    private static List<String> received(BlockingQueue<Message> notifications, int count) throws InterruptedException {
        List<String> contents = new ArrayList<>();
        int repeated = 0;
        while (contents.isEmpty() || !contents.get(contents.size() - 1).equals(measurement(count - 1))) {
            String content = Representations.notified(Waiting.next("notification " + contents.size() + " of " + count,
                    notifications).attributes());
            if (!contents.contains(content)) {
                contents.add(content);
            } else {
                repeated++;
            }
        }
        assertThat(repeated).as("repeated by two kills").isLessThanOrEqualTo(2);
        return contents;
    }

    private static String measurement(int number) {
        return "measurement " + number;
    }

    /** Creates contentInstances, one after the other, each as soon as the one before is answered. */
    private static final class Measuring implements Runnable {
        private final MqttAe meter;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private volatile int count;

        private Measuring(MqttAe meter) {
            this.meter = meter;
        }

        int count() {
            return count;
        }

        void stop() {
            stopped.set(true);
        }

        @Override
        public void run() {
            try {
                while (!stopped.get()) {
                    meter.create(meter.path() + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                            Representations.instance(measurement(count))).expect(2001);
                    count++;
                }
            } catch (Exception e) {
                throw new IllegalStateException("the meter stopped after " + count, e);
            }
        }
    }
}
