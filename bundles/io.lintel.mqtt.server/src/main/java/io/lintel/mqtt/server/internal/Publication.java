// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A message and the sessions it goes to. {@link Router#plan} makes it, {@link Router#commit} journals it and
 * {@link Router#takeEffect} hands it over, or {@link Router#deliverNow} does both. Belongs to the event loop.
 */
final class Publication {
    private final String topic;
    private final byte[] payload;
    private final int qos;
    private final boolean retain;
    private final List<Target> targets = new ArrayList<>(2);
    private StoredMessage message;

    Publication(String topic, byte[] payload, int qos, boolean retain) {
        this.topic = topic;
        this.payload = payload;
        this.qos = qos;
        this.retain = retain;
    }

    String topic() {
        return topic;
    }

    byte[] payload() {
        return payload;
    }

    int qos() {
        return qos;
    }

    /** Whether it changes what is retained for its topic. */
    boolean retain() {
        return retain;
    }

    List<Target> targets() {
        return targets;
    }

    /** The message with its number, from the commit on. */
    StoredMessage message() {
        return message;
    }

    void message(StoredMessage numbered) {
        message = numbered;
    }

    /** One session it goes to. */
    static final class Target {
        private final Session session;
        private int qos;
        private Outbound outbound;
        private int packetId;
        private Holds.Held held;
        private boolean handedOver;
        private boolean acknowledged;

        Target(Session session, int qos) {
            this.session = session;
            this.qos = qos;
        }

        Session session() {
            return session;
        }

        /** The effective quality of service. */
        int qos() {
            return qos;
        }

        void raiseQos(int other) {
            qos = Math.max(qos, other);
        }

        /** What sent to the client when it was committed; null if it was away. */
        Outbound outbound() {
            return outbound;
        }

        int packetId() {
            return packetId;
        }

        void through(Outbound sender, int withPacketId) {
            outbound = sender;
            packetId = withPacketId;
        }

        /** What waits for the acknowledgement instead of the disk; null if nothing does. */
        Holds.Held held() {
            return held;
        }

        void held(Holds.Held waiting) {
            held = waiting;
        }

        /** Whether the message is the sender's now. */
        boolean isHandedOver() {
            return handedOver;
        }

        void handedOver() {
            handedOver = true;
        }

        boolean isAcknowledged() {
            return acknowledged;
        }

        /** The client has it; returns what waits for that, or null. */
        Holds.Held acknowledged() {
            acknowledged = true;
            Holds.Held waiting = held;
            held = null;
            return waiting;
        }
    }
}
