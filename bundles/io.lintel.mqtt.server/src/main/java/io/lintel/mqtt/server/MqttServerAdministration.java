// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What an administrator sees of the server and may do to it. A service; called from any thread, on which it waits for
 * the answer. While the server is not open there is nothing to see. Walking over many sessions never holds up clients
 * for long; what is shown of two sessions may therefore be of two moments.
 */
@ProviderType
public interface MqttServerAdministration {

    /** The addresses listened on, such as {@code 127.0.0.1:1883}; empty while the server is not open. */
    List<String> listeners();

    /** Whether it serves, and why a listener does not: one line for a person. */
    String state();

    /** Whether all configured listeners are open. */
    boolean isOpen();

    /** Looks at once for changed certificates and revocation lists; users are always read as they are. */
    void reload();

    // ---- sessions ---------------------------------------------------------------------------------------------------

    /** Those that match, in the order asked for. */
    Page<SessionView> sessions(SessionQuery query);

    Optional<SessionView> session(String clientId);

    /**
     * What waits for a session, oldest first; of one in memory only what was not sent yet.
     *
     * @param after the last number of the page before; 0 for the first page
     * @param limit the most to return; fewer come when messages are large
     */
    List<QueueEntry> queue(String clientId, long after, int limit);

    /** Closes the client's connection; its durable session stays. False if it is not connected. */
    boolean disconnect(String clientId);

    /**
     * Ends a session with all that waits in it. True when that is on disk, false if there is no such session or it
     * could not be ended.
     */
    boolean dropSession(String clientId);

    /** Ends one subscription; what waits already stays. True when that is on disk. */
    boolean unsubscribe(String clientId, String topicFilter);

    // ---- retained messages ------------------------------------------------------------------------------------------

    /**
     * Those of matching topics, by topic.
     *
     * @param topicFilter as in a SUBSCRIBE
     */
    Page<RetainedView> retained(String topicFilter, int offset, int limit);

    /** Forgets the retained message of this topic; nobody is sent anything. True when that is on disk. */
    boolean clearRetained(String topic);

    // ---- the whole --------------------------------------------------------------------------------------------------

    /** Counters since start: messages and bytes in and out, connections, refusals. */
    Map<String, Long> counters();

    /** What is bounded for all clients together, and how much of it is used; and the fullest queue. */
    List<LimitView> limits();

    /** What an administrator should look at before it becomes a fault: limits that are nearly reached,
     * certificates that could not be read again. One line each. */
    List<String> warnings();

    /**
     * Shows packets as they pass, until the trace is closed.
     *
     * @param consumer called on a thread of the trace's own; one that is too slow misses events, which are counted
     * @throws IllegalStateException if there are too many traces already, or the server is not open
     */
    Trace trace(TraceFilter filter, Consumer<TraceEvent> consumer);

    /** An open trace. */
    @ProviderType
    interface Trace extends AutoCloseable {
        /** False once it was closed, by its owner or with the server. */
        boolean isOpen();

        /** Events that the consumer was too slow for. */
        long dropped();

        @Override
        void close();
    }

    /**
     * @param total how many there are on all pages
     */
    record Page<T>(List<T> items, int total) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * Which sessions, in which order.
     *
     * @param text      found in the client identifier, the principal, the address or the listener's name, whatever the
     *                  case; empty for all
     * @param connected whether they are; empty for both
     * @param durable   whether they outlive their connection; empty for both
     */
    record SessionQuery(String text, Optional<Boolean> connected, Optional<Boolean> durable, Order order, int offset,
            int limit) {
        public SessionQuery {
            Objects.requireNonNull(text);
            Objects.requireNonNull(connected);
            Objects.requireNonNull(durable);
            Objects.requireNonNull(order);
            if (offset < 0 || limit < 1) {
                throw new IllegalArgumentException("offset " + offset + ", limit " + limit);
            }
        }

        /** All of them by client identifier. */
        public static SessionQuery all(int limit) {
            return new SessionQuery("", Optional.empty(), Optional.empty(), Order.CLIENT_ID, 0, limit);
        }
    }

    /** {@code QUEUED_BYTES}, {@code QUEUED_MESSAGES} and {@code TRAFFIC} (of the last minute) begin with the most,
     * {@code LAST_SEEN} with who is away for the longest time. */
    enum Order {
        CLIENT_ID, QUEUED_MESSAGES, QUEUED_BYTES, LAST_SEEN, TRAFFIC
    }

    /**
     * A session as it stands.
     *
     * @param principal      the verified name its clients have; empty for anonymous ones
     * @param durable        whether the session outlives its connection
     * @param connection     empty while the client is away
     * @param seenMillis     when it was last connected, or came if it is: milliseconds since 1970
     * @param queuedMessages what waits for the client, sent or not, until it acknowledges it
     * @param inFlight       how much of it was sent
     * @param traffic        since the server started, over all connections of the session
     * @param lastMinute     the part of it that passed in about the last minute
     */
    record SessionView(String clientId, Optional<String> principal, boolean durable, Optional<ConnectionView> connection,
            long seenMillis, List<SessionStore.StoredSubscription> subscriptions, int queuedMessages, long queuedBytes,
            int inFlight, Traffic traffic, Traffic lastMinute) {
    }

    /**
     * @param address          where the client is connected from
     * @param listener         the name of the listener it came through
     * @param sinceMillis      when it connected: milliseconds since 1970
     * @param keepAliveSeconds as it asked for; 0 for none
     * @param will             the topic of its will
     * @param waiting          whether the server holds back what the client sends, since a queue is full or it is too fast
     */
    record ConnectionView(String address, String listener, long sinceMillis, int keepAliveSeconds, Optional<String> will,
            boolean waiting) {
    }

    /** @param refused messages and subscriptions that the policy refused */
    record Traffic(long messagesIn, long messagesOut, long bytesIn, long bytesOut, long droppedQos0, long refused) {
    }

    /**
     * A message in a session's queue.
     *
     * @param number   of the message; later ones have higher numbers
     * @param preview  the first bytes of the payload
     * @param packetId 0 if it was not sent yet
     * @param released whether only the end of the QoS 2 handshake is missing
     */
    record QueueEntry(long number, String topic, int qos, boolean retain, int bytes, byte[] preview, int packetId,
            boolean released) {
    }

    /** @param preview the first bytes of the payload */
    record RetainedView(String topic, int qos, int bytes, byte[] preview) {
    }

    /**
     * @param name    what is bounded, for a person
     * @param setting the key of the limit's value
     * @param whose   the client, for the fullest queue of one; empty for what all share
     */
    record LimitView(String name, String setting, long used, long most, Optional<String> whose) {
        /** Of 100. */
        public int percent() {
            return most == 0 ? 100 : (int) Math.min(100, used * 100.0 / most);
        }
    }
}
