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
     * Queued messages of a session in order of queueing.
     *
     * @param afterMessageId the last one of the previous page; 0 for the first page
     */
    List<QueuedMessage> queue(String clientId, long afterMessageId, int limit);

    /** A message, for a retained one. Empty list of bytes never stands for "missing": that is {@link java.util.Optional#empty()}. */
    java.util.Optional<StoredMessage> message(long messageId);

    /**
     * Takes changes as one unit, in the order of the calls. The stage completes after they are synced to disk, in
     * order, on a thread that must not be blocked; it fails when they could not be stored, and then none of them was.
     * Never blocks.
     */
    CompletionStage<Void> write(List<SessionChange> changes);

    /**
     * @param lastMessageId the highest message number ever used
     * @param sessions      all durable sessions
     * @param retained      all retained messages: topic and message
     */
    record Snapshot(long lastMessageId, List<StoredSession> sessions, List<StoredMessage> retained) {
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
     */
    record QueuedMessage(StoredMessage message, int qos, int packetId, boolean released) {
    }
}
