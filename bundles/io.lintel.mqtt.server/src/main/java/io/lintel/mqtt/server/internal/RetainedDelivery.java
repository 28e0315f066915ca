// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Brings the retained messages that match new subscriptions to their client [MQTT-3.3.1-6], as fast as its queue and its
 * channel have room: the SUBSCRIBE waits meanwhile, as a publisher would, so that no number of SUBSCRIBEs makes a queue
 * longer than it may be. A message that was replaced meanwhile is left out, since the client gets its successor as any
 * other. Ends with the connection. Belongs to the event loop.
 */
final class RetainedDelivery {
    private static final int AT_A_TIME = 500;

    private final Broker broker;
    private final Connection connection;
    private final Session session;
    private final Runnable done;
    private final Deque<Item> items = new ArrayDeque<>();
    private final Runnable turn = this::run;

    /** @param done runs when all are sent or queued; never if the connection ends before */
    RetainedDelivery(Broker broker, Connection connection, Runnable done) {
        this.broker = broker;
        this.connection = connection;
        this.session = connection.session();
        this.done = done;
    }

    private record Item(StoredMessage message, int qos) {
    }

    void add(String topicFilter, int granted) {
        broker.retained().forEachMatching(topicFilter, kept -> items.add(new Item(kept, Math.min(kept.qos(), granted))));
    }

    void run() {
        for (int i = 0; i < AT_A_TIME; i++) {
            if (!connection.isOpen()) {
                return;
            }
            Item item = items.peek();
            if (item == null) {
                done.run();
                return;
            }
            if (!goes(item)) {
                return;
            }
            items.poll();
        }
        broker.loop().execute(turn);
    }

    /** Sends or queues it; or arranges to try again and says false. */
    private boolean goes(Item item) {
        StoredMessage message = item.message;
        if (!broker.retained().isCurrent(message)) {
            return true;
        }
        if (broker.retained().isChanging(message.topic())) {
            broker.journal().barrier(() -> broker.loop().execute(turn));
            return false;
        }
        if (item.qos == 0) {
            if (!connection.out().isWritable()) {
                session.outbound().whenWritable(turn);
                return false;
            }
            session.outbound().sendQos0(message);
            return true;
        }
        if (!session.hasRoomFor(message.payload().length)) {
            session.room().await(turn);
            return false;
        }
        broker.router().sendRetained(session, message, item.qos);
        return true;
    }
}
