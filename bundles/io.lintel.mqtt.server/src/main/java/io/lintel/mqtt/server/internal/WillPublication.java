// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A will being published, when there is no client any more that could be told to wait [MQTT-3.1.2-8]: it waits by itself
 * for room, as long as a publisher would but never for ever, since it holds memory that no client holds. Its topic was
 * decided with the CONNECT. Belongs to the event loop.
 */
final class WillPublication {
    private static final Logger LOG = LoggerFactory.getLogger(WillPublication.class);

    private static final long MOST_PATIENCE_MILLIS = 30_000;

    private final Broker broker;
    private final Will will;
    private WaitForRoom wait;

    WillPublication(Broker broker, Will will) {
        this.broker = broker;
        this.will = will;
    }

    void publish() {
        Router router = broker.router();
        Publication publication = router.plan(will.topic(), will.payload(), will.qos(), will.retain());
        if (!router.mayRetain(publication)) {
            drop("there is no room for another retained message");
            return;
        }
        Router.Obstacle obstacle = router.obstacle(publication);
        if (obstacle != null) {
            if (wait == null) {
                wait = new WaitForRoom(broker, patienceMillis(), this::publish, () -> drop("a queue it goes to is full"));
            }
            wait.at(obstacle);
            return;
        }
        SessionChange cleared = new SessionChange.WillCleared(will.number());
        router.commit(publication, cleared, failure -> {
            if (failure == null) {
                broker.counters().add(Counter.WILLS_PUBLISHED, 1);
                router.takeEffect(publication);
            } else {
                router.withdraw(publication);
                drop("the journal failed");
            }
        });
    }

    private long patienceMillis() {
        long publishers = broker.limits().queues().patienceMillis();
        return publishers == 0 ? MOST_PATIENCE_MILLIS : Math.min(publishers, MOST_PATIENCE_MILLIS);
    }

    /** The journal forgets a will that will not be published. */
    void clear() {
        broker.journal().eventually(List.of(new SessionChange.WillCleared(will.number())), () -> { });
    }

    private void drop(String why) {
        clear();
        broker.counters().add(Counter.WILLS_DROPPED, 1);
        LOG.warn("The will on {} is not published: {}", will.topic(), why);
    }
}
