// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The state of one client identifier that MQTT 3.1.1 calls Session (3.1.2.4): subscriptions, what waits for it, and
 * the inbound QoS 2 packet identifiers. A durable one (clean session 0) outlives its connection and the process: its
 * queue is in the store, and only its size is known here while the client is away. Belongs to the event loop.
 */
final class Session {
    private static final int LEAST_SKIPPED = 16;
    private static final int MOST_SKIPPED = 4096;

    private final String clientId;
    private String principal;
    private final boolean durable;
    private final Limits.Queue most;
    private final QueueTotal total;
    private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
    private final BitSet inboundIds = new BitSet();
    private final BitSet releasing = new BitSet();
    private final Room room;
    private final ClientTraffic traffic = new ClientTraffic();
    private int queuedMessages;
    private long queuedBytes;
    private Connection connection;
    private Outbound outbound;
    private boolean inTransition;
    private boolean ended;
    private int skipped;
    private int toSkip;
    private long seenMillis;

    /** Marks of the match under way, so that overlapping subscriptions make one copy at the highest QoS. */
    private long matchNumber;
    private int matchIndex;

    /**
     * @param most  what may wait in its queue
     * @param total of the queues of its kind
     */
    Session(String clientId, String principal, boolean durable, Limits.Queue most, QueueTotal total) {
        this.clientId = clientId;
        this.principal = principal;
        this.durable = durable;
        this.most = most;
        this.total = total;
        this.room = new Room(total.opener());
    }

    String clientId() {
        return clientId;
    }

    /** Who its clients were verified to be; empty text for anonymous ones. */
    String principal() {
        return principal;
    }

    void principal(String now) {
        principal = now;
    }

    Optional<String> knownPrincipal() {
        return principal.isEmpty() ? Optional.empty() : Optional.of(principal);
    }

    boolean isDurable() {
        return durable;
    }

    Map<String, Integer> subscriptions() {
        return subscriptions;
    }

    /** Inbound QoS 2 identifiers that were taken and not released. */
    BitSet inboundIds() {
        return inboundIds;
    }

    /** Those of them whose release is on its way to disk. */
    BitSet releasing() {
        return releasing;
    }

    /** The client's connection, null while it is away. */
    Connection connection() {
        return connection;
    }

    /** What sends to the client, null while it is away. */
    Outbound outbound() {
        return outbound;
    }

    void attach(Connection now, Outbound toIt) {
        connection = now;
        outbound = toIt;
    }

    void detach() {
        connection = null;
        outbound = null;
    }

    /** Whether its beginning or its end is on the way to disk; nobody may connect to it or be routed to it then. */
    boolean isInTransition() {
        return inTransition;
    }

    void inTransition(boolean now) {
        inTransition = now;
    }

    /** Whether its client is expected to acknowledge at once; asked for each message. */
    boolean isPrompt() {
        if (toSkip == 0) {
            return true;
        }
        toSkip--;
        return false;
    }

    /** Its client did not acknowledge in time: it is not expected to for a while, which grows with each time. */
    void wasLate() {
        skipped = Math.min(MOST_SKIPPED, Math.max(LEAST_SKIPPED, skipped * 2));
        toSkip = skipped;
    }

    /** Its client acknowledged in time. */
    void wasPrompt() {
        skipped = 0;
    }

    long seenMillis() {
        return seenMillis;
    }

    void seenMillis(long now) {
        seenMillis = now;
    }

    // ---- the size of its queue --------------------------------------------------------------------------------------

    int queuedMessages() {
        return queuedMessages;
    }

    long queuedBytes() {
        return queuedBytes;
    }

    /** What the store had at the start of the server. */
    void queueSize(int messages, long bytes) {
        total.add(messages - queuedMessages, bytes - queuedBytes);
        queuedMessages = messages;
        queuedBytes = bytes;
    }

    /** Whether a message may be queued. An empty queue takes one whatever its size, so that it is never stuck. */
    boolean hasRoomFor(long bytes) {
        return queuedMessages == 0
                || queuedMessages < most.messages() && queuedBytes + bytes <= most.bytes() && total.hasRoomFor(this, bytes);
    }

    Limits.Queue most() {
        return most;
    }

    void queued(long bytes) {
        queuedMessages++;
        queuedBytes += bytes;
        if (!ended) {
            total.add(1, bytes);
        }
    }

    /** A message left the queue; whoever calls opens the {@link #room} when it is done with its own affairs. */
    void unqueued(long bytes) {
        queuedMessages--;
        queuedBytes -= bytes;
        if (!ended) {
            total.add(-1, -bytes);
        }
    }

    /** The session is over, with all that waited in it: whoever waits for room waits for nothing now. */
    void end() {
        if (!ended) {
            queueSize(0, 0);
            ended = true;
        }
        room.open();
    }

    Room room() {
        return room;
    }

    ClientTraffic traffic() {
        return traffic;
    }

    // ---- marks of a match -------------------------------------------------------------------------------------------

    long matchNumber() {
        return matchNumber;
    }

    int matchIndex() {
        return matchIndex;
    }

    void matched(long number, int index) {
        matchNumber = number;
        matchIndex = index;
    }
}
