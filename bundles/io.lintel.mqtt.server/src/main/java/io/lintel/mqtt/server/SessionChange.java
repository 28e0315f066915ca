// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.List;

/**
 * A change of the server's durable state; {@link SessionStore#write} takes a list of them as one unit. A message's
 * payload is stored once ({@link MessageStored}) and queued per session ({@link MessageQueued}); the store drops the
 * message when nothing refers to it any more.
 */
public sealed interface SessionChange {

    /**
     * A durable session (clean session 0) begins, or one that is there gets another owner and stays as it is otherwise.
     * {@code principal} is empty text for an anonymous client.
     */
    record SessionOpened(String clientId, String principal, long atMillis) implements SessionChange {
    }

    /** The client of a durable session came or went. */
    record SessionSeen(String clientId, boolean connected, long atMillis) implements SessionChange {
    }

    /** The session ends with all that belongs to it. */
    record SessionRemoved(String clientId) implements SessionChange {
    }

    /**
     * The will of a client that connects, whatever its session. One client identifier may have several for a while: a
     * takeover.
     */
    record WillSet(SessionStore.StoredWill will) implements SessionChange {
    }

    /** The will was published, or its client left with DISCONNECT [MQTT-3.1.2-10]. */
    record WillCleared(long number) implements SessionChange {
    }

    record Subscribed(String clientId, String topicFilter, int qos) implements SessionChange {
    }

    record Unsubscribed(String clientId, String topicFilter) implements SessionChange {
    }

    /** The message itself, before the first {@link MessageQueued} or {@link RetainedSet} that names it, in the same unit. */
    record MessageStored(StoredMessage message) implements SessionChange {
    }

    /**
     * The message waits for this session, in the order of message numbers.
     *
     * @param qos      the effective one
     * @param packetId what it is sent with; 0 if it has none yet
     */
    record MessageQueued(String clientId, long messageId, int qos, int packetId) implements SessionChange {
    }

    /** Message numbers up to this one may be used without a word to the store; after a restart none of them is used again. */
    record NumbersReserved(long upTo) implements SessionChange {
    }

    /** An outbound QoS 2 delivery got its PUBREC: only PUBREL remains to be repeated. */
    record MessageReleased(String clientId, long messageId) implements SessionChange {
    }

    /** Deliveries that are done (PUBACK, PUBCOMP), or were given up by the administrator. */
    record MessagesDone(String clientId, List<Long> messageIds) implements SessionChange {
    }

    /** An outbound delivery was given its packet identifier, so that it is repeated under the same after a restart. */
    record PacketIdAssigned(String clientId, long messageId, int packetId) implements SessionChange {
    }

    /** An inbound QoS 2 packet identifier was taken (PUBREC) and is not to be taken again until it is released. */
    record InboundIdTaken(String clientId, int packetId) implements SessionChange {
    }

    record InboundIdReleased(String clientId, int packetId) implements SessionChange {
    }

    record RetainedSet(String topic, long messageId) implements SessionChange {
    }

    record RetainedCleared(String topic) implements SessionChange {
    }
}
