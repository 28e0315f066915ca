// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The journal of durable sessions, their queues, and retained messages. Registered as a service by a store bundle, so
 * that one sync covers the server's state and the resource tree. Without one the server does not open its listeners.
 */
@ConsumerType
public interface SessionStore {

    /** Everything but the queues' contents; read once at start, may take as long as there are sessions. */
    Snapshot load();

    /**
     * Queued messages of a session in the order of message numbers. A damaged one is among them, so that its session is told; the
     * store has reported it and keeps what is left of it.
     *
     * @param afterMessageId the last one of the previous page; 0 for the first page
     */
    List<QueuedMessage> queue(String clientId, long afterMessageId, int limit);

    /**
     * A message, for a retained one. Empty list of bytes never stands for "missing": that is
     * {@link java.util.Optional#empty()}.
     */
    java.util.Optional<StoredMessage> message(long messageId);

    /**
     * Takes changes as one unit, in the order of the calls. The stage completes after they are synced to disk, in
     * order, on a thread that must not be blocked; it fails when they could not be stored, and then none of them was.
     * Never blocks.
     */
    CompletionStage<Void> write(List<SessionChange> changes);

    /**
     * @param lastMessageId a message number that is not below any that was used or reserved
     * @param sessions      all durable sessions
     * @param retained      all retained messages: topic and message
     * @param wills         those to be published, since nobody is connected yet
     */
    record Snapshot(long lastMessageId, List<StoredSession> sessions, List<StoredMessage> retained, List<StoredWill> wills) {

        public Snapshot(long lastMessageId, List<StoredSession> sessions, List<StoredMessage> retained) {
            this(lastMessageId, sessions, retained, List.of());
        }
    }

    /**
     * The will of a client whose connection has not ended, as far as the store knows.
     *
     * @param number from the same counter as message numbers
     */
    record StoredWill(long number, String clientId, String topic, int qos, boolean retain, byte[] payload) {
    }

    /**
     * @param principal      empty text for an anonymous client
     * @param seenMillis     when the client was last connected
     * @param subscriptions  its filters
     * @param inboundIds     inbound QoS 2 packet identifiers taken and not released
     * @param queuedMessages how many messages wait
     * @param queuedBytes    payload bytes that wait
     */
    record StoredSession(String clientId, String principal, long seenMillis, List<StoredSubscription> subscriptions,
            List<Integer> inboundIds, int queuedMessages, long queuedBytes) {
    }

    record StoredSubscription(String topicFilter, int qos) {
    }

    /**
     * @param qos      effective quality of service
     * @param packetId the packet identifier it was sent with, 0 if it was not sent yet
     * @param released whether PUBREC was received, so that only PUBREL remains
     * @param damaged  bytes that it took in the queue, when it cannot be read as it was written: it is known by its number
     *                 alone, and will not be delivered; -1 for a sound one
     */
    record QueuedMessage(StoredMessage message, int qos, int packetId, boolean released, long damaged) {
        private static final long SOUND = -1;

        public QueuedMessage(StoredMessage message, int qos, int packetId, boolean released) {
            this(message, qos, packetId, released, SOUND);
        }

        /** One that cannot be delivered. */
        public static QueuedMessage damaged(long messageId, long bytes) {
            return new QueuedMessage(new StoredMessage(messageId, "", 0, false, new byte[0]), 0, 0, false, bytes);
        }

        public boolean isDamaged() {
            return damaged != SOUND;
        }
    }
}
